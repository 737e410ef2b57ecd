"""What tests/test_api_contract.py does not send."""

from typing import Any

import schemathesis


@schemathesis.hook
def filter_body(context: Any, body: Any) -> bool:
    """No fault that makes the gateway answer a status of the sender's own: it is in no document."""
    of_faults = context.operation.definition.raw.get("operationId") == "inject_fault"
    if not (of_faults and isinstance(body, dict) and body.get("target") == "gateway"):
        return True
    return body.get("status", 0) == 0
