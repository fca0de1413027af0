"""Judges a SCIM server with scim2-tester. Prints one line of JSON for each check: [status, check, resource type, reason].

What is judged is what the models below have: SAP's own extensions and its paging by id are not in any RFC.
"""

import json
import os
import ssl

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import EnterpriseUser, Group, ResourceType, ScimPolicy, ScimProvider, ServiceProviderConfig, User
from scim2_tester import check_server

# Given here, because the simulator has no discovery: neither client of it asks for that.
provider = ScimProvider(
    models=[User, EnterpriseUser, Group],
    resource_types=[ResourceType.from_resource(User[EnterpriseUser]), ResourceType.from_resource(Group)],
    config=ServiceProviderConfig.model_validate(
        {
            "patch": {"supported": True},
            "bulk": {"supported": False},
            "filter": {"supported": True, "maxResults": 100},
            "changePassword": {"supported": False},
            "sort": {"supported": False},
            "etag": {"supported": True},
            "authenticationSchemes": [{"type": "httpbasic", "name": "Basic", "description": "Client id and secret"}],
        }
    ),
    policy=ScimPolicy(unknown=ScimPolicy.Unknown.ignore),
)
http = httpx2.Client(
    base_url=os.environ["SCIM_URL"],
    auth=(os.environ["SCIM_CLIENT_ID"], os.environ["SCIM_SECRET"]),
    verify=ssl.create_default_context(cafile=os.environ["SCIM_CA_FILE"]),
)
for result in check_server(SyncSCIMClient(http, provider=provider)):
    if "discovery" not in (result.tags or ()):
        print(json.dumps([result.status.name, result.title, result.resource_type, str(result.reason)]))
