"""Why a socket was closed. Only 1000 and 4000–4999 survive Daphne; the reason stands in an error frame before."""

TRY_AGAIN = 1000
BAD_FRAMES = 4400
SESSION_ENDED = 4401
FORBIDDEN = 4403
SLOW = 4408
TOO_MANY = 4409
TAKEN_OVER = 4409
TOO_LARGE = 4413
RATE = 4429
