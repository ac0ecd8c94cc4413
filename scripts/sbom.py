"""Write the software bill of materials (CycloneDX 1.6, JSON) of what `pip install -r requirements.lock` installs.

    python scripts/sbom.py > sbom.cdx.json        from another lock: python scripts/sbom.py requirements-dev.lock

From the lock alone, so that the same lock gives the same bytes anywhere; no clock, no host, no look at what is
installed. Each component carries the sha256 of the distributions that the lock allows.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_ENTRY = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)(?:\s*;\s*(?P<marker>[^\\]+?))?\s*(?:\\|$)")


def bill(lock: Path) -> dict[str, Any]:
    """The bill of materials of a lock file, as CycloneDX says it."""
    content = lock.read_bytes()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    name, version = project["name"], project["version"]
    digest = hashlib.sha256(content).hexdigest()
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{name} {version} {digest}')}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": f"pkg:pypi/{name}@{version}",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name}@{version}",
                "licenses": [{"license": {"id": project["license"]}}],
            },
            "properties": [{"name": "ptce:lock", "value": lock.name}, {"name": "ptce:lock:sha256", "value": digest}],
        },
        "components": sorted(_components(content.decode("utf-8")), key=lambda found: str(found["bom-ref"])),
    }


def _components(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for line in text.splitlines():
        entry = _ENTRY.match(line)
        if entry:
            name = re.sub(r"[-_.]+", "-", entry["name"]).lower()
            purl = f"pkg:pypi/{name}@{entry['version']}"
            component = {
                "type": "library",
                "bom-ref": purl,
                "name": name,
                "version": entry["version"],
                "purl": purl,
            }
            if entry["marker"]:
                component |= {"properties": [{"name": "ptce:marker", "value": entry["marker"].strip()}]}
            found.append(component)
        elif (digest := re.fullmatch(r"\s+--hash=sha256:([0-9a-f]{64})\s*\\?", line)) and found:
            found[-1].setdefault("properties", []).append({"name": "ptce:sha256", "value": digest[1]})
    return found


def main() -> None:
    lock = ROOT / (sys.argv[1] if len(sys.argv) > 1 else "requirements.lock")
    sys.stdout.write(json.dumps(bill(lock), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
