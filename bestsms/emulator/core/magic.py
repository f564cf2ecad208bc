"""Destinations with a fixed fate, all from ACMA's range of numbers kept for fiction.

=================  ==========================================================
Destination        What happens
=================  ==========================================================
``+61491570006``   delivered, as any ordinary number
``+61491570156``   Failed, ``Undelivered``
``+61491570157``   Failed, ``Bad Number``
``+61491570158``   Failed, ``Destination is blacklisted``
``+61491570159``   the job waits in CreditHold until the destination is set free
``+61491570110``   stays Pending until the destination is set free
``+61491570313``   delivered, then the phone answers ``YES``
``+61491570737``   delivered, then the phone answers ``STOP`` (and is opted out)
``+61491571266``   delivered, but reports know the message only after 60 seconds
``+61491571491``   Success, ``delivered-to-network`` (handset never confirmed, T97)
=================  ==========================================================

A destination set through ``set_destination`` or the control API wins over this table.
"Set free" is ``set_destination(number, result="delivered")`` or any other final result.
Every other number is ordinary: it is delivered.
"""

from __future__ import annotations

from bestsms.emulator.core.records import Rule

NUMBERS = {
    "+61491570006": Rule("delivered"),
    "+61491570156": Rule("failed"),
    "+61491570157": Rule("bad_number"),
    "+61491570158": Rule("blacklisted"),
    "+61491570159": Rule("credit_hold"),
    "+61491570110": Rule("pending"),
    "+61491570313": Rule("delivered", reply="YES"),
    "+61491570737": Rule("delivered", reply="STOP"),
    "+61491571266": Rule("delivered", visibility_seconds=60.0),
    "+61491571491": Rule("delivered_to_network"),
}

ORDINARY = Rule("delivered")
