"""What the pages say in Spanish."""

SPANISH = {
    "skip": "Ir al contenido",
    "wrong": "Revisa este dato",
    # Coming in
    "enter": "Entrar",
    "enter_lead": "Te enviamos por SMS un código de seis cifras.",
    "phone": "Tu número de móvil",
    "phone_hint": "Con el prefijo del país, por ejemplo +34\u00a0612\u00a034\u00a056\u00a078",
    "phone_fault": "Escribe el número completo: el signo más, el prefijo del país y el resto.",
    "send_code": "Enviarme un código",
    "who_gets_one": (
        "Solo enviamos códigos a números que tu centro tiene registrados y que aceptan sus "
        "mensajes. ¿No llega? Envía START al número del centro o llama al centro."
    ),
    "code": "Escribe el código",
    "code_lead": (
        "Si tu centro tiene este número, te va a llegar un SMS con seis cifras. Vale 10 minutos y "
        "solo en este dispositivo."
    ),
    "code_label": "Código de seis cifras",
    "code_fault": "Ese código no ha servido. Revisa las cifras o pide un código nuevo.",
    "code_again": "Pedir un código nuevo",
    "who": "¿Quién eres?",
    "who_lead": "Varias personas usan este teléfono.",
    "link": "¿Entrar en este dispositivo?",
    "link_lead": "Este enlace te deja entrar una vez. Úsalo en un dispositivo tuyo.",
    # Today
    "today": "Hoy",
    "your_plan": "Hola, {name}",
    "minutes": "unos {minutes} min",
    "due": "Hoy toca hacer los ejercicios.",
    "done": "Los ejercicios de hoy ya están hechos. Bien hecho.",
    "rest": "Hoy es día de descanso.",
    "rest_with": "Hoy es día de descanso. Un poco de movimiento suave viene bien.",
    "paused": "Tu plan está en pausa. No hagas ejercicios hasta que tu centro te lo diga.",
    "not_started": "Tu plan aún no ha empezado.",
    "ended": "Tu plan ha terminado.",
    "no_plan": "Todavía no tienes un plan. Tu centro va a preparar uno.",
    "call": "¿Preguntas? Llama a {clinic}: {tel}",
    # The morning question
    "morning": "¿Cuánto dolor tienes ahora?",
    "morning_scale": "0 es nada de dolor y 10 el peor dolor que puedas imaginar.",
    "morning_send": "Enviar",
    "morning_fault": "Elige un número, por favor.",
    "noted": "Gracias, queda apuntado.",
    # One's account
    "devices": "Dispositivos",
    "account": "Dónde tienes la sesión abierta",
    "this_one": "este dispositivo",
    "unknown_device": "Dispositivo desconocido",
    "last_seen": "visto por última vez",
    "end": "Cerrar",
    "end_this": "Salir aquí",
    "end_others": "Cerrar todas las demás",
    "sign_out": "Salir",
    "back": "Volver",
    # What goes wrong
    "too_many": "Demasiados intentos",
    "too_many_lead": "Por tu seguridad esperamos un rato. Vuelve a probar en {minutes} min.",
    "dead": "Este enlace no funciona",
    "dead_lead": "Ha caducado, ya se ha usado o no se ha copiado entero.",
    "refused": "No ha funcionado",
    "refused_lead": "Vuelve atrás, carga la página de nuevo y prueba otra vez.",
}
