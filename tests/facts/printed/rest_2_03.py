"""The answers of the v2.03 REST reference: its tables' names and example values."""

from __future__ import annotations

from bestsms import (
    ActionName,
    ActionResult,
    JobStatus,
    ReceivedMessage,
    ReceivedPage,
    Recipient,
    Report,
    SendResult,
    SMSReply,
)
from printed.sample import JESS, OUTBOUND, REPLIED, UUID, Sample, send

S0 = {
    "send": Sample(
        send,
        '{\n"Result": "Success",\n"MessageID": "ID123456"\n}',
        '<?xml version="1.0" encoding="UTF-8"?>\n<root>\n<Result>Success</Result>\n'
        "<MessageID>ID123456</MessageID>\n</root>",
        SendResult(result="Success", message_id="ID123456"),
    ),
    **{
        name: Sample(
            call,
            f'{{"Result":"Success","MessageID":"ID123456","Status":"{state}",'
            f'"JobNum":"ABCD1234","Action":"{name.capitalize()}"}}',
            f"<root><Result>Success</Result><MessageID>ID123456</MessageID><Status>{state}</Status>"
            f"<JobNum>ABCD1234</JobNum><Action>{name.capitalize()}</Action></root>",
            ActionResult(
                result="Success",
                message_id="ID123456",
                status=JobStatus(state),
                job_num="ABCD1234",
                action=ActionName(name),
            ),
        )
        for name, state, call in (
            ("resubmit", "Transmit", lambda c: c.actions.resubmit("ID123456")),
            (
                "reschedule",
                "Transmit",
                lambda c: c.actions.reschedule("ID123456", send_time="2021-12-31T23:00"),
            ),
            ("abort", "Delayed", lambda c: c.actions.abort("ID123456")),
        )
    },
    "status": Sample(
        lambda c: c.reports.status(UUID),
        f'{{"Result":"Success","MessageID":"{UUID}","Status":"Completed","JobNum":"10AB20CE",'
        '"Account":"102030","SubAccount":"","Department":"","Count":5,"Complete":5,"Success":4,'
        '"Failed":1}',
        f"<root><Result>Success</Result><MessageID>{UUID}</MessageID><Status>Completed</Status>"
        "<JobNum>10AB20CE</JobNum><Account>102030</Account><SubAccount></SubAccount><Department/>"
        "<Count>5</Count><Complete>5</Complete><Success>4</Success><Failed>1</Failed></root>",
        Report(
            result="Success",
            message_id=UUID,
            status=JobStatus.COMPLETED,
            job_num="10AB20CE",
            account="102030",
            count=5,
            complete=5,
            success=4,
            failed=1,
        ),
    ),
    "received, flat": Sample(
        lambda c: c.reports.sms_received(),
        f'{{"Result":"Success","Date":"2019-12-01 14:02:03","From":"{JESS}",'
        f'"MessageText":"{REPLIED}"}}',
        f"<root><Result>Success</Result><Date>2019-12-01 14:02:03</Date><From>{JESS}</From>"
        f"<MessageText>{REPLIED}</MessageText></root>",
        ReceivedPage(
            result="Success",
            items=(
                ReceivedMessage(
                    received_time_local="2019-12-01 14:02:03", from_=JESS, message_text=REPLIED
                ),
            ),
        ),
    ),
    "reply, two objects": Sample(
        lambda c: c.reports.sms_reply("ID123456"),
        '{"Result":"Success","Status":"Received","JobNum":"10AB20CE","Account":"102030",'
        '"SubAccount":"","Department":"","MessageSent":{"Date":"2019-12-01 13:45:54",'
        f'"Destination":"{JESS}","MessageText":"{OUTBOUND}"}},"MessageReceived":'
        f'{{"Date":"2019-12-01 14:02:03","From":"{JESS}","MessageText":"{REPLIED}"}}}}',
        "<root><Result>Success</Result><Status>Received</Status><JobNum>10AB20CE</JobNum>"
        "<Account>102030</Account><SubAccount/><Department/><MessageSent>"
        f"<Date>2019-12-01 13:45:54</Date><Destination>{JESS}</Destination>"
        f"<MessageText>{OUTBOUND}</MessageText></MessageSent><MessageReceived>"
        f"<Date>2019-12-01 14:02:03</Date><From>{JESS}</From>"
        f"<MessageText>{REPLIED}</MessageText></MessageReceived></root>",
        Report(
            result="Success",
            status=JobStatus.RECEIVED,
            job_num="10AB20CE",
            account="102030",
            recipients=(
                Recipient(
                    sent_time_local="2019-12-01 13:45:54",
                    destination=JESS,
                    message_text=OUTBOUND,
                    sms_replies=(
                        SMSReply(
                            received_time_local="2019-12-01 14:02:03",
                            from_=JESS,
                            message_text=REPLIED,
                        ),
                    ),
                ),
            ),
        ),
    ),
}
