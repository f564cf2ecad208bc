"""The answers of the v2.04 Node library reference: its tables' names and example values."""

from __future__ import annotations

from bestsms import (
    ActionName,
    ActionResult,
    Contact,
    ContactGroupPage,
    ContactPage,
    Group,
    GroupContactPage,
    GroupPage,
    JobStatus,
    Membership,
    ReceivedMessage,
    ReceivedPage,
    Recipient,
    Report,
    SMSReply,
    Visibility,
)
from printed.sample import JESS, OUTBOUND, PAGE, PAGE_JSON, PAGE_XML, REPLIED, UUID, Sample

S3_CONTACT_JSON = r"""{"ID":"AAAAAAAA-BBBB-BBBB-CCCC-DDDDDDDDDDDD","Owner":"COM\\EXAMPLE\\TEST",
    "Created":"2023-12-01T12:00:00","CreatedUTC":"2023-12-01T00:00:00",
    "Updated":"2023-12-01T12:00:00","UpdatedUTC":"2023-12-01T00:00:00","Timezone":"AUS Eastern",
    "Attention":"Person Attention","Title":"Ms","Company":"BestSMS",
    "CompanyDepartment":"Sales Dept.","FirstName":"Person first name",
    "LastName":"Person last name","Position":"Sales Represent","StreetAddress":"Sales Represent",
    "Suburb":"My Suburb","City":"Auckland","State":"AKL","Country":"AUS Eastern",
    "Postcode":"1234","MainPhone":"092223333","AltPhone1":"093334444","AltPhone2":"094445555",
    "DirectPhone":"094445555","MobilePhone":"0211144489","FaxNumber":"093334444",
    "EmailAddress":"jess@example.com","WebAddress":"https://bestsms.au","Custom1":"Custom Value",
    "Custom4":"","ViewBy":"Account","EditBy":"Account"}"""
S3_CONTACT_XML = r"""<Contact><ID>AAAAAAAA-BBBB-BBBB-CCCC-DDDDDDDDDDDD</ID>
    <Owner>COM\EXAMPLE\TEST</Owner><Created>2023-12-01T12:00:00</Created>
    <CreatedUTC>2023-12-01T00:00:00</CreatedUTC><Updated>2023-12-01T12:00:00</Updated>
    <UpdatedUTC>2023-12-01T00:00:00</UpdatedUTC><Timezone>AUS Eastern</Timezone>
    <Attention>Person Attention</Attention><Title>Ms</Title><Company>BestSMS</Company>
    <CompanyDepartment>Sales Dept.</CompanyDepartment><FirstName>Person first name</FirstName>
    <LastName>Person last name</LastName><Position>Sales Represent</Position>
    <StreetAddress>Sales Represent</StreetAddress><Suburb>My Suburb</Suburb><City>Auckland</City>
    <State>AKL</State><Country>AUS Eastern</Country><Postcode>1234</Postcode>
    <MainPhone>092223333</MainPhone><AltPhone1>093334444</AltPhone1>
    <AltPhone2>094445555</AltPhone2><DirectPhone>094445555</DirectPhone>
    <MobilePhone>0211144489</MobilePhone><FaxNumber>093334444</FaxNumber>
    <EmailAddress>jess@example.com</EmailAddress><WebAddress>https://bestsms.au</WebAddress>
    <Custom1>Custom Value</Custom1><Custom4/><ViewBy>Account</ViewBy><EditBy>Account</EditBy>
    </Contact>"""
S3_CONTACT = Contact(
    contact_id=UUID,
    owner=r"COM\EXAMPLE\TEST",
    created_time_local="2023-12-01T12:00:00",
    created_time_utc="2023-12-01T00:00:00",
    updated_time_local="2023-12-01T12:00:00",
    updated_time_utc="2023-12-01T00:00:00",
    timezone="AUS Eastern",
    attention="Person Attention",
    title="Ms",
    company="BestSMS",
    recip_department="Sales Dept.",
    first_name="Person first name",
    last_name="Person last name",
    position="Sales Represent",
    street_address="Sales Represent",
    suburb="My Suburb",
    city="Auckland",
    state="AKL",
    country="AUS Eastern",
    postcode="1234",
    main_phone="092223333",
    alt_phone1="093334444",
    alt_phone2="094445555",
    direct_phone="094445555",
    mobile_phone="0211144489",
    fax_number="093334444",
    email_address="jess@example.com",
    web_address="https://bestsms.au",
    custom1="Custom Value",
    view_by=Visibility.ACCOUNT,
    edit_by=Visibility.ACCOUNT,
)
S3_GROUP_JSON = r"""{"GroupCode":"Test-Group","GroupName":"Test Group","SubAccount":"SubAccount01",
    "Department":"Department01","ViewEditBy":"Account","Owner":"COM\\EXAMPLE\\TEST"}"""
S3_GROUP_XML = r"""<Group><GroupCode>Test-Group</GroupCode><GroupName>Test Group</GroupName>
    <SubAccount>SubAccount01</SubAccount><Department>Department01</Department>
    <ViewEditBy>Account</ViewEditBy><Owner>COM\EXAMPLE\TEST</Owner></Group>"""
S3_GROUP = Group(
    group_code="Test-Group",
    group_name="Test Group",
    sub_account="SubAccount01",
    department="Department01",
    view_edit_by=Visibility.ACCOUNT,
    owner=r"COM\EXAMPLE\TEST",
)
BOTH_JSON = f'{{"Result":"Success","Contact":{S3_CONTACT_JSON},"Group":{S3_GROUP_JSON}}}'
BOTH_XML = f"<root><Result>Success</Result>{S3_CONTACT_XML}{S3_GROUP_XML}</root>"

S3 = {
    "abort, without a MessageID": Sample(
        lambda c: c.actions.abort("ID123456"),
        '{"Result":"Success","Status":"Pending","JobNum":"ABCD1234","Action":"Abort"}',
        "<root><Result>Success</Result><Status>Pending</Status><JobNum>ABCD1234</JobNum>"
        "<Action>Abort</Action></root>",
        ActionResult(
            result="Success",
            status=JobStatus.PENDING,
            job_num="ABCD1234",
            action=ActionName.ABORT,
        ),
    ),
    "received": Sample(
        lambda c: c.reports.sms_received(),
        '{"Result":"Success","ReceivedMessages":[{"Date":"2019-12-01 14:02:03",'
        f'"From":"{JESS}","MessageText":"{REPLIED}"}}]}}',
        "<root><Result>Success</Result><ReceivedMessages><ReceivedMessage>"
        f"<Date>2019-12-01 14:02:03</Date><From>{JESS}</From><MessageText>{REPLIED}</MessageText>"
        "</ReceivedMessage></ReceivedMessages></root>",
        ReceivedPage(
            result="Success",
            items=(
                ReceivedMessage(
                    received_time_local="2019-12-01 14:02:03", from_=JESS, message_text=REPLIED
                ),
            ),
        ),
    ),
    "reply": Sample(
        lambda c: c.reports.sms_reply(UUID),
        f'{{"Result":"Success","Status":"Received","MessageID":"{UUID}","JobNum":"10AB20CE",'
        '"Account":"102030","SubAccount":"","Department":"","SentMessage":{"Date":'
        f'"2019-12-01 14:02:03","Destination":"6421000001","MessageText":"{OUTBOUND}"}},'
        '"ReceivedMessages":[{"Date":"2019-12-01 14:02:03",'
        f'"From":"{JESS}","MessageText":"{REPLIED}"}}]}}',
        f"<root><Result>Success</Result><Status>Received</Status><MessageID>{UUID}</MessageID>"
        "<JobNum>10AB20CE</JobNum><Account>102030</Account><SubAccount/><Department/>"
        "<SentMessage><Date>2019-12-01 14:02:03</Date><Destination>6421000001</Destination>"
        f"<MessageText>{OUTBOUND}</MessageText></SentMessage><ReceivedMessages><ReceivedMessage>"
        f"<Date>2019-12-01 14:02:03</Date><From>{JESS}</From><MessageText>{REPLIED}</MessageText>"
        "</ReceivedMessage></ReceivedMessages></root>",
        Report(
            result="Success",
            status=JobStatus.RECEIVED,
            message_id=UUID,
            job_num="10AB20CE",
            account="102030",
            recipients=(
                Recipient(
                    sent_time_local="2019-12-01 14:02:03",
                    destination="+6421000001",
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
    "contact": Sample(
        lambda c: c.contacts.get(UUID),
        f'{{"Result":"Success","Contact":{S3_CONTACT_JSON}}}',
        f"<root><Result>Success</Result>{S3_CONTACT_XML}</root>",
        S3_CONTACT,
    ),
    "contacts": Sample(
        lambda c: c.contacts.list(),
        f'{{{PAGE_JSON},"Contacts":[{S3_CONTACT_JSON},{{"ID":"B"}}]}}',
        f"<root>{PAGE_XML}<Contacts>{S3_CONTACT_XML}<Contact><ID>B</ID></Contact></Contacts></root>",
        ContactPage(**PAGE, items=(S3_CONTACT, Contact(contact_id="B"))),
    ),
    "group": Sample(
        lambda c: c.groups.get("Test_Group"),
        f'{{"Result":"Success","Group":{S3_GROUP_JSON}}}',
        f"<root><Result>Success</Result>{S3_GROUP_XML}</root>",
        S3_GROUP,
    ),
    "groups": Sample(
        lambda c: c.groups.list(),
        f'{{{PAGE_JSON},"Groups":[{S3_GROUP_JSON}]}}',
        f"<root>{PAGE_XML}<Groups>{S3_GROUP_XML}</Groups></root>",
        GroupPage(**PAGE, items=(S3_GROUP,)),
    ),
    "groups of a contact": Sample(
        lambda c: c.contact_groups.list(UUID),
        f'{{{PAGE_JSON},"Contact":{S3_CONTACT_JSON},"Groups":[{S3_GROUP_JSON}]}}',
        f"<root>{PAGE_XML}{S3_CONTACT_XML}<Groups>{S3_GROUP_XML}</Groups></root>",
        ContactGroupPage(**PAGE, contact=S3_CONTACT, items=(S3_GROUP,)),
    ),
    "contacts of a group": Sample(
        lambda c: c.group_contacts.list("Test_Group"),
        f'{{{PAGE_JSON},"Group":{S3_GROUP_JSON},"Contacts":[{S3_CONTACT_JSON}]}}',
        f"<root>{PAGE_XML}{S3_GROUP_XML}<Contacts>{S3_CONTACT_XML}</Contacts></root>",
        GroupContactPage(**PAGE, group=S3_GROUP, items=(S3_CONTACT,)),
    ),
    "a relation, created": Sample(
        lambda c: c.contact_groups.create(UUID, group_id="Test_Group"),
        BOTH_JSON,
        BOTH_XML,
        Membership(contact=S3_CONTACT, group=S3_GROUP, extra={"Result": "Success"}),
    ),
    "a relation, deleted": Sample(
        lambda c: c.group_contacts.delete("Test_Group", UUID),
        BOTH_JSON,
        BOTH_XML,
        Membership(contact=S3_CONTACT, group=S3_GROUP, extra={"Result": "Success"}),
    ),
}
