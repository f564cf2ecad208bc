"""Strict mode: every deviation from the SEND column of the wire facts is refused.

Where the API bears with much (the ACCEPT column), a client of ours is to be exact. What
deviates is named in the answer, with the T-number of section 3 or the section that holds
it: ``Strict: MessageData.'Timezone' is no field here: TimeZone (T22)``.

Held here, each as a line of a table or a check of its own:

=========================  =========================================================
``head``                   T3 T6 T7 T8 T9 T10 T31 and who may be asked what (1.2)
``queries``                T13 T14 T15 T17 T18
``fields``, ``calls``      T4 T20 T21 T22 T23 T24 T25 T26 T29 T30 T31 T32 T33 T34 T35
                           T37 T40 T43 T44 T45 T46 T47 E1, types, sets and version
``documents``              roots, lists and single elements of XML (1.3), T44
=========================  =========================================================

Held without it, since the API itself has nothing of the kind: T1 T2 T5 T16 (404, 405),
T11 T12 (404), T27 (400). A session cannot be seen in one request, nor can intentions, so these are
left to the client's own tests: whether a GroupID was known where a code came (T3), a
SendTime meant as "now" (T38), the count of parts (T36), whether two kinds of destination
in one item were one too many.

T19, T28, T39 and T41 ask nothing of a request; T42 and the T5 of v3.00 are of another API;
from T50 on the traps are of answers and webhooks.
"""

from __future__ import annotations

from bestsms.emulator.rest.strict.body import check_body
from bestsms.emulator.rest.strict.head import check_head

__all__ = ["check_body", "check_head"]
