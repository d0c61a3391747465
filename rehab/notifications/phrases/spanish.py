"""What patients text in Spanish, by what they mean; phrases are parted by commas."""

COURTESY = """
por favor gracias hola perdon buenos dias buenas tardes
"""

WRONG_NUMBER = """
numero equivocado, numero incorrecto, persona equivocada, se equivoca de numero,
te equivocas de numero, se equivoco de numero, no es mi numero, este no es mi numero,
no soy yo, quien es, quien eres, quien habla
"""

OPT_OUT = """
alto, baja, dar de baja, darme de baja, dame de baja, deme de baja, quiero la baja,
quiero darme de baja, para, pare, paren, parar, parad, parar mensajes, basta, basta ya,
no mas, ya no mas, no mas mensajes, no mas textos, no quiero mas, no quiero mas mensajes,
no quiero recibir mas mensajes, ya no quiero mensajes, no quiero mensajes, detener, detenga,
detengan, detente, cancelar, cancela, cancele, cancelar mensajes, salir, terminar mensajes,
desuscribir, desuscribirme, desuscribirse, anular, anular suscripcion, cancelar suscripcion,
dejar de recibir, dejar de recibir mensajes, deja de escribirme, dejen de escribirme,
deje de escribirme, deja de mandarme mensajes, dejen de mandarme mensajes,
no me escribas, no me escriba, no me escriban, no me escriban mas, no me escribas mas,
no me envien mas mensajes, no me mandes mas mensajes, no me manden mas mensajes,
no enviar mas, no molestar, no molesten, dejame en paz, dejenme en paz, borrame, borrenme,
quitame de la lista, quitenme de la lista, eliminar mi numero, borrar mi numero
"""

ABOUT_STOPPING = "baja mensajes"

HELP = """
ayuda, ayudame, necesito ayuda, informacion, mas informacion
"""

OPT_IN = """
empezar, empezar de nuevo, iniciar, inicio, reanudar, alta, darme de alta, suscribir,
suscribirme, volver a empezar
"""

SAFETY = """
dolor de pecho, dolor en el pecho, duele el pecho, presion en el pecho, infarto,
no puedo respirar, me cuesta respirar, falta el aire, falta de aire, me ahogo,
me cai, me he caido, caida, accidente, me desmaye, desmayo, desmayado, desmayada, mareo,
mareado, mareada, entumecido, entumecida, entumecimiento, dormida la pierna, hormigueo,
adormecido, adormecida, adormecimiento, no siento la, no siento las,
no siento el brazo, no puedo mover, no puedo moverme,
no puedo caminar, no puedo andar, no puedo orinar, orina oscura, pantorrilla hinchada,
fiebre, escalofrios, suicidio, suicidarme, suicida, matarme, quiero morir, quiero morirme,
quitarme la vida, hacerme dano, emergencia, ambulancia, derrame
"""

DONE = """
hecho, hecha, hechos, ya hecho, esta hecho, ya esta, ya esta hecho, listo, lista,
ya listo, lo hice, ya lo hice, los hice, ya los hice, lo he hecho, ya lo he hecho,
terminado, terminada, he terminado, ya termine, termine, acabe, ya acabe, he acabado,
completado, completada, sesion hecha, ejercicios hechos, hice los ejercicios,
ya hice los ejercicios, he hecho los ejercicios, todo hecho
"""

YES = "si sip claro vale"

NO = ""

THANKS = "gracias, muchas gracias, mil gracias"

FINE = "vale, muy bien, bien, de acuerdo, perfecto, genial, si, buenos dias, claro"

LATER = """
luego, mas tarde, ahora no, recuerdame luego, recuerdame mas tarde, recordar mas tarde,
recuerdame en, aplazar, posponer, lo hago luego, lo hago mas tarde
"""

MINUTES = "minuto minutos"

HOURS = "hora horas"

SKIP = """
saltar, saltarme, omitir, hoy no, hoy no puedo, no tengo tiempo, me la salto, pasar
"""

PAIN = "dolor"

HURTING = "dolor dolores duele duelen dolia dolorido dolorida molestia molestias"

SLEEP = "sueno"

WHEN = {"durante": "during", "despues": "now", "ahora": "now"}

AROUND_A_NUMBER = """
es esta fue era mi un una el la de en nivel hoy manana con creo que diria casi solo duele
siento todo ejercicios sesion
"""

PAIN_FREE = """
sin dolor, sin ningun dolor, nada de dolor, ningun dolor, no hay dolor, no tengo dolor,
ya no tengo dolor, no mas dolor, no me duele, no me duele nada, ya no me duele
"""

NONE_AT_ALL = "nada ninguno"

NUMBERS = "cero uno dos tres cuatro cinco seis siete ocho nueve diez"

CORRECTING = """
perdon, perdona, perdone, no, ay, uy, quise decir, queria decir, quiero decir, quise poner,
queria poner, digo, mejor dicho, en realidad, corrijo, correccion, me equivoque, lo siento,
disculpa, disculpe
"""

SORE = """
1, uno, dolor, mucho dolor, demasiado dolor, me duele, me dolia, dolorido, dolorida
"""

BUSY = """
2, dos, ocupado, ocupada, muy ocupado, muy ocupada, sin tiempo, no tengo tiempo, no tuve tiempo
"""

FORGOT = "3, tres, olvido, me olvide, lo olvide, se me olvido"
