"""A small fictitious shop, "Bergmann Optik", to try the closed loop on.

It stands for a customer's own website: its own process and origin, no import of the product, no
Django. Its pages hold one script tag of ours; its server reports orders with a secret key.
"""
