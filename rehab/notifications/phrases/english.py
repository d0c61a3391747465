"""What patients text in English, by what they mean; phrases are parted by commas."""

COURTESY = """
please pls thanks thank you hi hello hey ok okay sorry sir madam
"""

WRONG_NUMBER = """
wrong number, wrong person, you have the wrong number, you have the wrong person,
this is the wrong number, this is not my number, not my number, who is this, whos this,
who are you
"""

OPT_OUT = """
stop, stopall, stop all, unsubscribe, end, quit, cancel, revoke, optout, opt out,
unsub, stopp, stoppp, sotp, stpo, tsop, sstop, stpp, stopo, ustop,
unsubcribe, unsuscribe, unsubscibe, unsubscrbe, unsubscribed, unsubscribe me, cancle, cancell,
stop texting, stop texting me, stop messaging me, stop messages, stop the messages,
stop texts, stop the texts, stop these texts, stop sending, stop sending me texts,
stop sending these, stop contacting me, stop now, stop it, just stop, stop this, stop that,
i want to stop, i want these to stop, make it stop, make this stop, can you stop,
can you stop texting me, do not text me, dont text me, do not text me again,
dont text me again, dont text me anymore, do not text, dont text, no texts, no more texts,
no more messages, no more text messages, no more, do not contact me, dont contact me,
dont message me, do not message me, leave me alone, go away, remove, remove me,
remove me from list, remove me from the list, remove me from your list, remove my number,
delete my number, delete me, take me off, take me off this list, take me off your list,
take my number off, opt me out, i opt out, i want to opt out, cancel texts, cancel messages,
cancel all, cancel this, cancel these texts, end texts, end messages, end all, quit texting me,
i revoke consent, revoke consent, i withdraw consent, withdraw my consent
"""

ABOUT_STOPPING = """
stop stopped stopping unsubscribe unsubscribing texts texting shop step top stip stap stup stob
stol sto
"""

HELP = """
help, info, information, help me, i need help, need help, help info, more info
"""

OPT_IN = """
start, unstop, start texts, start again, start texting me, start the texts again, resume,
resume texts, subscribe, resubscribe, opt in, optin, opt me in, sign me up
"""

SAFETY = """
chest pain, chest pains, pain in my chest, pain in the chest, chest hurts, chest is hurting,
chest tightness, tight chest, chest pressure, heart attack, heart racing, palpitations,
cant breathe, can not breathe, cannot breathe, hard to breathe, trouble breathing,
short of breath, shortness of breath, breathless, fell, fallen, had a fall, bad fall, accident,
fainted, fainting, passed out, blacked out, collapsed, stroke, slurred speech, double vision,
numb, numbness, cant feel my, can not feel my, cannot feel my,
paralysed, paralyzed, pins and needles,
cant move, can not move, cannot move, cant walk, can not walk, cannot walk, foot drop,
cant pee, cannot pee, wet myself, lost control, incontinent, dark urine, brown urine,
swollen calf, calf is swollen, calf swollen, blood clot, fever, chills, dizzy, vomiting,
suicide, suicidal, kill myself, killing myself, want to die, end my life, hurt myself,
harm myself, self harm, emergency, ambulance, 911, 999, 112
"""

NOT_A_FALL = "fell asleep, fell behind, fell back asleep"

DONE = """
done, i am done, im done, all done, all of it done, done it, done them, done all,
done my exercises, done the exercises, done my session, exercises done, session done,
its done, it is done, got it done, did it, i did it, did them, did them all,
i did them, did my exercises, i did my exercises, did the exercises, did my session,
just did it, just done, just finished, finished, i finished, i have finished,
im finished, all finished, finished it, finished my session, complete, completed,
i completed it, completed it, doen, donee, dne
"""

YES = "y yes yep yeah yup sure ok okay"

NO = "no nope nah n"

THANKS = """
thanks, thank you, thank you so much, thanks so much, many thanks, thx, ty, cheers
"""

FINE = """
ok, okay, k, kk, great, good, got it, cool, nice, yes, yeah, sure, good morning, will do
"""

LATER = """
later, snooze, snoze, snoozee, remind me later, remind me, not now, do it later,
will do it later, later please, in a bit, remind me in, snooze for, later in
"""

MINUTES = "m min mins minute minutes"

HOURS = "h hr hrs hour hours"

SKIP = """
skip, skip it, skip today, skip this one, skipped, skipping, skip session, not today,
cant today, no time, no time today, too busy
"""

PAIN = "pain"

HURTING = "pain pains painful hurt hurts hurting ache aches aching sore"

SLEEP = "sleep"

WHEN = {"during": "during", "after": "now", "afterwards": "now", "now": "now"}

AROUND_A_NUMBER = """
and y & it its is was my a an the at of i id say im about around maybe level score rating today
morning this with hurts feel feels feeling only just still all everything exercises session out me
"""

PAIN_FREE = """
no pain, no pain at all, no pain today, no pain now, no more pain, pain free, with no pain,
without pain
"""

NONE_AT_ALL = "none nothing nil"

NUMBERS = "zero one two three four five six seven eight nine ten"

CORRECTING = """
sorry, no, nope, oops, i meant, i mean, meant, actually, correction, i meant to say, make it,
make that, it should be, should be, should have been, it should have been, my mistake, typo,
wait, rather
"""

SORE = "1, one, sore, too sore, pain, too much pain, it hurts, hurts"

BUSY = "2, two, busy, too busy, no time, had no time"

FORGOT = "3, three, forgot, i forgot, forgotten"
