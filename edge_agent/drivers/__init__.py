"""Links to devices: bytes over TCP, a printer's device file, a serial line, USB, GPIO.

Libraries of hardware are imported only where a configuration asks for that kind of link.
"""
