"""What the pages say in English."""

ENGLISH = {
    "skip": "Skip to the content",
    "wrong": "Please check this",
    # Coming in
    "enter": "Sign in",
    "enter_lead": "We text you a six-digit code.",
    "phone": "Your mobile number",
    "phone_hint": "With the country code, such as +44\u00a020\u00a07946\u00a00123",
    "phone_fault": "Please give the whole number: a plus, the country code, then the rest.",
    "send_code": "Text me a code",
    "who_gets_one": (
        "Codes are only texted to numbers that your clinic has on file and that take texts from "
        "the clinic. No code? Text START to the clinic's number, or call the clinic."
    ),
    "code": "Type the code",
    "code_lead": (
        "If your clinic has this number on file, a text with six digits is on its way. It works "
        "for 10 minutes, on this device."
    ),
    "code_label": "Six-digit code",
    "code_fault": "That code did not work. Check the digits, or ask for a new code.",
    "code_again": "Ask for a new code",
    "who": "Who is this?",
    "who_lead": "Several people use this phone.",
    "link": "Sign in on this device?",
    "link_lead": "This link signs you in once. Use it on a device of your own.",
    # Today
    "today": "Today",
    "your_plan": "Hello {name}",
    "minutes": "about {minutes} min",
    "due": "Your session is due today.",
    "done": "You have done today's session. Well done.",
    "rest": "Today is a rest day.",
    "rest_with": "Today is a rest day. A little gentle movement is welcome.",
    "paused": "Your plan is paused. Do no exercises until your clinic says so.",
    "not_started": "Your plan has not started yet.",
    "ended": "Your plan has ended.",
    "no_plan": "You have no plan yet. Your clinic will set one up.",
    "call": "Questions? Call {clinic}: {tel}",
    # The morning question
    "morning": "How much pain do you have right now?",
    "morning_scale": "0 is no pain, 10 is the worst pain you can think of.",
    "morning_send": "Send",
    "morning_fault": "Please choose one number.",
    "noted": "Thank you, it is noted.",
    # One's account
    "devices": "Devices",
    "account": "Where you are signed in",
    "this_one": "this device",
    "unknown_device": "Unknown device",
    "last_seen": "last seen",
    "end": "End",
    "end_this": "Sign out here",
    "end_others": "End all the others",
    "sign_out": "Sign out",
    "back": "Back",
    # What goes wrong
    "too_many": "Too many tries",
    "too_many_lead": "For your safety we wait a while. Try again in {minutes} min.",
    "dead": "This link does not work",
    "dead_lead": "It has run out, was used already, or was not copied whole.",
    "refused": "That did not work",
    "refused_lead": "Go back, load the page anew and try once more.",
}
