"""What the vendor's newer reference, its clients and its pages show beyond the references."""

from __future__ import annotations

from decimal import Decimal

from bestsms import (
    JobStatus,
    MessageType,
    ReceivedMessage,
    ReceivedPage,
    Recipient,
    RecipientStatus,
    Report,
    SMSReply,
)
from printed.sample import JESS, OUTBOUND, PAGE, PAGE_JSON, PAGE_XML, REPLIED, UUID, Sample

NESTED_RECIPIENT = Recipient(
    type=MessageType.TEXT,
    dest_seq="00000001",
    destination=JESS,
    status=RecipientStatus.SUCCESS,
    result="Sent OK",
    sent_time_local="2024-05-01 15:51:42",
    sent_time_utc="2024-05-01 03:51:42",
    sent_time_utc_rfc3339="2024-05-01T03:51:42.000Z",
    price=Decimal("0.20"),
    message_text=OUTBOUND,
    sms_replies=(
        SMSReply(
            received_id=UUID,
            received_time_local="2023-09-01 14:02:03",
            received_time_utc="2023-09-01 02:02:03",
            received_time_utc_rfc3339="2023-09-01T02:02:03.000Z",
            timezone="New Zealand",
            from_=JESS,
            message_text=REPLIED,
        ),
    ),
)
LIVE_RECIPIENT = Recipient(
    type=MessageType.TEXT,
    dest_seq="00F16FEE",
    destination=JESS,
    status=RecipientStatus.SUCCESS,
    result="Sent OK",
    sent_time_local="2022-03-20 09:49:41",
    price=Decimal("0.1"),
)

VENDOR = {
    "D204, replies nested (T58)": Sample(
        lambda c: c.reports.sms_reply("ID123456"),
        '{"Result":"Success","MessageID":"ID123456","Status":"Completed","JobNum":"10AB20CE",'
        '"Recipients":[{"Type":"Text","DestSeq":"00000001",'
        f'"Destination":"{JESS}","ContactID":"","GroupID":"","MessageText":"{OUTBOUND}",'
        '"Status":"SUCCESS","Result":"Sent OK","SentTimeLocal":"2024-05-01 15:51:42",'
        '"SentTimeUTC":"2024-05-01 03:51:42","SentTimeUTC_RFC3339":"2024-05-01T03:51:42.000Z",'
        f'"RemoteID":"","Price":"0.20","SMSReplies":[{{"ReceivedID":"{UUID}",'
        '"ReceivedTimeLocal":"2023-09-01 14:02:03","ReceivedTimeUTC":"2023-09-01 02:02:03",'
        '"ReceivedTimeUTC_RFC3339":"2023-09-01T02:02:03.000Z","Timezone":"New Zealand",'
        f'"From":"{JESS}","MessageText":"{REPLIED}"}}]}}]}}',
        "<root><Result>Success</Result><MessageID>ID123456</MessageID><Status>Completed</Status>"
        "<JobNum>10AB20CE</JobNum><Recipients><Recipient><Type>Text</Type>"
        f"<DestSeq>00000001</DestSeq><Destination>{JESS}</Destination><ContactID/><GroupID/>"
        f"<MessageText>{OUTBOUND}</MessageText><Status>SUCCESS</Status><Result>Sent OK</Result>"
        "<SentTimeLocal>2024-05-01 15:51:42</SentTimeLocal>"
        "<SentTimeUTC>2024-05-01 03:51:42</SentTimeUTC>"
        "<SentTimeUTC_RFC3339>2024-05-01T03:51:42.000Z</SentTimeUTC_RFC3339><RemoteID/>"
        f"<Price>0.20</Price><SMSReplies><SMSReply><ReceivedID>{UUID}</ReceivedID>"
        "<ReceivedTimeLocal>2023-09-01 14:02:03</ReceivedTimeLocal>"
        "<ReceivedTimeUTC>2023-09-01 02:02:03</ReceivedTimeUTC>"
        "<ReceivedTimeUTC_RFC3339>2023-09-01T02:02:03.000Z</ReceivedTimeUTC_RFC3339>"
        f"<Timezone>New Zealand</Timezone><From>{JESS}</From><MessageText>{REPLIED}</MessageText>"
        "</SMSReply></SMSReplies></Recipient></Recipients></root>",
        Report(
            result="Success",
            message_id="ID123456",
            status=JobStatus.COMPLETED,
            job_num="10AB20CE",
            recipients=(NESTED_RECIPIENT,),
        ),
    ),
    "D204, the received list (T57)": Sample(
        lambda c: c.reports.sms_received(),
        f'{{{PAGE_JSON},"Messages":[{{"ReceivedID":"{UUID}","MessageID":"ID123456",'
        '"JobNum":"10AB20CE","SubAccount":"SubAccount01","Department":"Department01",'
        '"ReceivedTimeLocal":"2023-09-01 14:02:03","ReceivedTimeUTC":"2023-09-01 02:02:03",'
        f'"ReceivedTimeUTC_RFC3339":"2023-09-01T02:02:03.000Z","From":"{JESS}","ContactID":"",'
        f'"MessageText":"{REPLIED}","Timezone":"New Zealand","Version":"v2.04"}}]}}',
        f"<root>{PAGE_XML}<Messages><Message><ReceivedID>{UUID}</ReceivedID>"
        "<MessageID>ID123456</MessageID><JobNum>10AB20CE</JobNum>"
        "<SubAccount>SubAccount01</SubAccount><Department>Department01</Department>"
        "<ReceivedTimeLocal>2023-09-01 14:02:03</ReceivedTimeLocal>"
        "<ReceivedTimeUTC>2023-09-01 02:02:03</ReceivedTimeUTC>"
        "<ReceivedTimeUTC_RFC3339>2023-09-01T02:02:03.000Z</ReceivedTimeUTC_RFC3339>"
        f"<From>{JESS}</From><ContactID></ContactID><MessageText>{REPLIED}</MessageText>"
        "<Timezone>New Zealand</Timezone><Version>v2.04</Version></Message></Messages></root>",
        ReceivedPage(
            **PAGE,
            items=(
                ReceivedMessage(
                    received_id=UUID,
                    message_id="ID123456",
                    job_num="10AB20CE",
                    sub_account="SubAccount01",
                    department="Department01",
                    received_time_local="2023-09-01 14:02:03",
                    received_time_utc="2023-09-01 02:02:03",
                    received_time_utc_rfc3339="2023-09-01T02:02:03.000Z",
                    from_=JESS,
                    message_text=REPLIED,
                    timezone="New Zealand",
                    version="v2.04",
                ),
            ),
        ),
    ),
    "KB, names of 2.03 in 2.04 (E20)": Sample(
        lambda c: c.reports.status("ID123456"),
        '{"Result":"Success","MessageID":"ID123456","Status":"Completed","JobNum":"Completed",'
        '"Created":"2024-06-13T06:44:16","CreatedUTC":"2024-06-12T20:44:16",'
        f'"Recipients":[{{"Type":"Text","Destination":"{JESS}","Status":"Success",'
        '"SentDate":"2023-06-13T06:44:30","SentDateUTC":"2023-06-12T20:44:30"}]}',
        "<root><Result>Success</Result><MessageID>ID123456</MessageID><Status>Completed</Status>"
        "<JobNum>Completed</JobNum><Created>2024-06-13T06:44:16</Created>"
        "<CreatedUTC>2024-06-12T20:44:16</CreatedUTC><Recipients><Recipient><Type>Text</Type>"
        f"<Destination>{JESS}</Destination><Status>Success</Status>"
        "<SentDate>2023-06-13T06:44:30</SentDate><SentDateUTC>2023-06-12T20:44:30</SentDateUTC>"
        "</Recipient></Recipients></root>",
        Report(
            result="Success",
            message_id="ID123456",
            status=JobStatus.COMPLETED,
            job_num="Completed",
            created_time_local="2024-06-13T06:44:16",
            created_time_utc="2024-06-12T20:44:16",
            recipients=(
                Recipient(
                    type=MessageType.TEXT,
                    destination=JESS,
                    status=RecipientStatus.SUCCESS,
                    sent_time_local="2023-06-13T06:44:30",
                    sent_time_utc="2023-06-12T20:44:30",
                ),
            ),
        ),
    ),
    "NET, live-shaped (E14)": Sample(
        lambda c: c.reports.status("ID123456"),
        '{"Result":"Success","MessageID":"ID123456","Status":"Completed","JobNum":"12907969",'
        '"Count":0,"Complete":1,"Success":1,"Failed":0,"Price":0.1,"Recipients":[{"Type":"Text",'
        f'"DestSeq":"00F16FEE","Destination":"{JESS}","Status":"Success","Result":"Sent OK",'
        '"SentTimeLocal":"2022-03-20 09:49:41","Attention":null,"Price":0.1}]}',
        "<root><Result>Success</Result><MessageID>ID123456</MessageID><Status>Completed</Status>"
        "<JobNum>12907969</JobNum><Count>0</Count><Complete>1</Complete><Success>1</Success>"
        "<Failed>0</Failed><Price>0.1</Price><Recipients><Recipient><Type>Text</Type>"
        f"<DestSeq>00F16FEE</DestSeq><Destination>{JESS}</Destination><Status>Success</Status>"
        "<Result>Sent OK</Result><SentTimeLocal>2022-03-20 09:49:41</SentTimeLocal><Attention/>"
        "<Price>0.1</Price></Recipient></Recipients></root>",
        Report(
            result="Success",
            message_id="ID123456",
            status=JobStatus.COMPLETED,
            job_num="12907969",
            count=0,
            complete=1,
            success=1,
            failed=0,
            price=Decimal("0.1"),
            recipients=(LIVE_RECIPIENT,),
        ),
    ),
}
