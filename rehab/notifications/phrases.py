"""The words patients use, by what they mean, in English and Spanish.

Each is written the way `spelling.spoken` leaves a text: lower case, no accents, no punctuation.
The lists are explicit on purpose: by edit distance "dont" is as near to "done" as "sotp" to "stop".
"""


def _words(text: str) -> list[str]:
    return text.split()


def _phrases(text: str) -> list[str]:
    return [" ".join(phrase.split()) for phrase in text.split(",")]


COURTESY = frozenset(
    _words("""
    please pls thanks thank you hi hello hey ok okay sorry sir madam por favor gracias hola perdon
    buenos dias buenas tardes
    """)
)

OPT_OUT = frozenset(
    _phrases("""
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
    wrong number, wrong person, you have the wrong number, this is the wrong number,
    this is not my number, not my number, who is this, i revoke consent, revoke consent,
    i withdraw consent, withdraw my consent,
    alto, baja, dar de baja, darme de baja, dame de baja, deme de baja, quiero la baja,
    quiero darme de baja, para, pare, paren, parar, parad, parar mensajes, basta, basta ya,
    no mas, ya no mas, no mas mensajes, no mas textos, no quiero mas, no quiero mas mensajes,
    no quiero recibir mas mensajes, ya no quiero mensajes, no quiero mensajes, detener, detenga,
    detengan, detente, cancelar, cancela, cancele, cancelar mensajes, salir, terminar mensajes,
    desuscribir, desuscribirme, desuscribirse, anular, anular suscripcion, cancelar suscripcion,
    dejar de recibir, dejar de recibir mensajes, deja de escribirme, dejen de escribirme,
    no me escribas, no me escriba, no me escriban, no me escriban mas, no me escribas mas,
    no me envien mas mensajes, no me mandes mas mensajes, no me manden mas mensajes,
    no enviar mas, no molestar, no molesten, dejame en paz, dejenme en paz, borrame, borrenme,
    quitame de la lista, quitenme de la lista, eliminar mi numero, borrar mi numero,
    numero equivocado, se equivoca de numero, te equivocas de numero, no soy yo,
    arret, arreter, stoppen, abmelden, parem, sair
    """)
)

WRONG_NUMBER = frozenset(
    {
        "wrong number",
        "wrong person",
        "you have the wrong number",
        "this is the wrong number",
        "this is not my number",
        "not my number",
        "who is this",
        "numero equivocado",
        "se equivoca de numero",
        "te equivocas de numero",
        "no soy yo",
    }
)

ABOUT_STOPPING = frozenset(
    _words("""
    stop stopped stopping unsubscribe unsubscribing texting texts baja mensajes shop step top stip
    stap stup stob stol sto
    """)
)
"""A word of these in a longer text, or a near miss of STOP on its own: worth asking back."""

HELP = frozenset(
    _phrases("""
    help, info, information, help me, i need help, need help, help info, more info, ayuda, ayudame,
    necesito ayuda, informacion, mas informacion, aide
    """)
)

OPT_IN = frozenset(
    _phrases("""
    start, unstop, start texts, start again, start texting me, start the texts again, resume,
    resume texts, subscribe, resubscribe, opt in, optin, opt me in, sign me up,
    empezar, empezar de nuevo, iniciar, inicio, reanudar, alta, darme de alta, suscribir,
    suscribirme, volver a empezar
    """)
)

SAFETY = tuple(
    _phrases("""
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
    harm myself, self harm, emergency, ambulance, 911, 999, 112,
    dolor de pecho, dolor en el pecho, duele el pecho, presion en el pecho, infarto,
    no puedo respirar, me cuesta respirar, falta el aire, falta de aire, me ahogo,
    me cai, me he caido, caida, accidente, me desmaye, desmayo, desmayado, desmayada, mareo,
    mareado, mareada, entumecido, entumecida, entumecimiento, dormida la pierna, hormigueo,
    adormecido, adormecida, adormecimiento, no siento la, no siento las,
    no siento el brazo, no puedo mover, no puedo moverme,
    no puedo caminar, no puedo andar, no puedo orinar, orina oscura, pantorrilla hinchada,
    fiebre, escalofrios, suicidio, suicidarme, suicida, matarme, quiero morir, quiero morirme,
    quitarme la vida, hacerme dano, emergencia, ambulancia, derrame
    """)
)
"""Red flags as people text them: RF01-RF09 and RF19 of the safety questions, and calls for help."""

NOT_A_FALL = ("fell asleep", "fell behind", "fell back asleep")

DONE = tuple(
    sorted(
        _phrases("""
            done, i am done, im done, all done, all of it done, done it, done them, done all,
            done my exercises, done the exercises, done my session, exercises done, session done,
            its done, it is done, got it done, did it, i did it, did them, did them all,
            i did them, did my exercises, i did my exercises, did the exercises, did my session,
            just did it, just done, just finished, finished, i finished, i have finished,
            im finished, all finished, finished it, finished my session, complete, completed,
            i completed it, completed it, doen, donee, dne, ✅, ✔,
            hecho, hecha, hechos, ya hecho, esta hecho, ya esta, ya esta hecho, listo, lista,
            ya listo, lo hice, ya lo hice, los hice, ya los hice, lo he hecho, ya lo he hecho,
            terminado, terminada, he terminado, ya termine, termine, acabe, ya acabe, he acabado,
            completado, completada, sesion hecha, ejercicios hechos, hice los ejercicios
            """),
        key=len,
        reverse=True,
    )
)

YES = frozenset(_words("y yes yep yeah yup sure si sip claro vale ok okay 👍"))
"""A yes means a session done only when that was asked, and START only after a STOP."""

THANKS = frozenset(
    _phrases("""
    thanks, thank you, thank you so much, thanks so much, many thanks, thx, ty, cheers,
    gracias, muchas gracias, mil gracias, 👍, ❤, 🙏, 😀, 😊, 🙂
    """)
)

FINE = frozenset(
    _phrases("""
    ok, okay, k, kk, great, good, got it, cool, nice, yes, yeah, sure, good morning, will do,
    vale, muy bien, bien, de acuerdo, perfecto, genial, si, buenos dias, claro
    """)
)
"""Polite noise, unless a number was asked for."""

LATER = tuple(
    sorted(
        _phrases("""
            later, snooze, snoze, snoozee, remind me later, remind me, not now, do it later,
            will do it later, later please, in a bit, remind me in, snooze for, later in,
            luego, mas tarde, ahora no, recuerdame luego, recuerdame mas tarde, recordar mas tarde,
            recuerdame en, aplazar, posponer, lo hago luego, lo hago mas tarde
            """),
        key=len,
        reverse=True,
    )
)

MINUTES = {"m": 1, "min": 1, "mins": 1, "minute": 1, "minutes": 1, "minuto": 1, "minutos": 1}
HOURS = {"h": 60, "hr": 60, "hrs": 60, "hour": 60, "hours": 60, "hora": 60, "horas": 60}

SKIP = frozenset(
    _phrases("""
    skip, skip it, skip today, skip this one, skipped, skipping, skip session, not today,
    cant today, no time, no time today, too busy, saltar, saltarme, omitir, hoy no, hoy no puedo,
    no tengo tiempo, me la salto, pasar
    """)
)

NO = frozenset(_words("no nope nah n"))

PAIN = frozenset({"pain", "dolor"})

WHEN = {
    "during": "during",
    "durante": "during",
    "after": "now",
    "afterwards": "now",
    "despues": "now",
    "now": "now",
    "ahora": "now",
}

AROUND_A_NUMBER = frozenset(
    _words("""
    and y & it its is was my a an the at of i id say im about around maybe level score rating today
    morning this with hurts feel feels feeling only just still all everything exercises session out
    me es esta fue era mi un una el la de en nivel hoy manana con creo que diria casi solo duele
    siento todo ejercicios sesion ✅ ✔ 👍 ❤ 🙏 😀 😊 🙂
    """)
)
"""Words that change nothing about the number beside them."""

PAIN_FREE = frozenset(
    _phrases("""
    no pain, no pain at all, no pain today, no pain now, pain free, with no pain, without pain,
    sin dolor, nada de dolor, no hay dolor, no tengo dolor, no me duele, no me duele nada
    """)
)

NONE_AT_ALL = frozenset(_words("none nothing nil nada ninguno"))
"""No pain, when a number was asked for; "done nothing" must not read as a pain of 0."""

NUMBER_WORDS = {
    language: {word: number for number, word in enumerate(_words(spelt))}
    for language, spelt in {
        "en": "zero one two three four five six seven eight nine ten",
        "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez",
    }.items()
}

REASONS = {
    "sore": frozenset(
        _phrases("""
        1, one, sore, too sore, pain, too much pain, it hurts, hurts, uno, dolor, mucho dolor,
        demasiado dolor, me duele, me dolia, dolorido, dolorida
        """)
    ),
    "busy": frozenset(
        _phrases("""
        2, two, busy, too busy, no time, had no time, dos, ocupado, ocupada, muy ocupado,
        muy ocupada, sin tiempo, no tengo tiempo, no tuve tiempo
        """)
    ),
    "forgot": frozenset(
        _phrases("""
        3, three, forgot, i forgot, forgotten, tres, olvido, me olvide, lo olvide, se me olvido
        """)
    ),
}
"""Why sessions were missed, when that was asked: by its number or in words."""
