"""What an attacker would try, against the real application, broker and browser."""
