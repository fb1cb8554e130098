"""The source of the MSI, for WiX 3 and for wixl: every file of the frozen folder, with identities that never change.

``msiexec /i epicrisis-1.2.3.msi /qn /norestart /l*v log`` installs or upgrades, ``msiexec /x`` removes.
"""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from xml.sax.saxutils import quoteattr

_SPACE = uuid.UUID("0f6c3a52-7b7e-4f4c-9a0b-6f3c2f6f9d10")
UPGRADE = "{9A4C2D0E-3E0D-4B6B-8E0E-2C6B7C0B9F51}"
_RULE = "Epicrisis offline"
_PROGRAMS = ("epicrisis.exe", "epicrisis-cli.exe")


def source(frozen: Path, version: str) -> str:
    """Write the source.

    Args:
        frozen: The frozen folder.
        version: Version of the program: three numbers, as Windows compares no more.

    Returns:
        A WiX document.
    """
    numbers = [*re.findall(r"\d+", version), "0", "0"][:3]
    components: list[str] = []
    tree = _folder(frozen, frozen, components, "      ")
    references = "\n".join(f'      <ComponentRef Id="{one}" />' for one in components)
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Product Id="{_guid("product", version)}" Name="Epicrisis" Language="1033" Version="{".".join(numbers)}"
           Manufacturer="Epicrisis maintainers" UpgradeCode="{UPGRADE}">
    <Package InstallerVersion="500" Compressed="yes" InstallScope="perMachine" />
    <MajorUpgrade AllowSameVersionUpgrades="yes"
                  DowngradeErrorMessage="A newer Epicrisis is installed. Remove it first." />
    <MediaTemplate EmbedCab="yes" />
    <Property Id="ARPNOMODIFY" Value="1" />
    <Directory Id="TARGETDIR" Name="SourceDir">
      <Directory Id="ProgramFiles64Folder">
        <Directory Id="INSTALLDIR" Name="Epicrisis">
{tree}
        </Directory>
      </Directory>
      <Directory Id="ProgramMenuFolder" />
      <Directory Id="CommonAppDataFolder">
        <Directory Id="DATADIR" Name="Epicrisis" />
      </Directory>
      <Directory Id="System64Folder" />
    </Directory>
    <DirectoryRef Id="INSTALLDIR">
      <Component Id="PolicyKey" Guid="{_guid("policy")}" Win64="yes">
        <RegistryKey Root="HKLM" Key="SOFTWARE\\Policies\\Epicrisis" ForceCreateOnInstall="yes" />
        <RegistryValue Root="HKLM" Key="SOFTWARE\\Epicrisis" Name="InstallDir" Type="string" Value="[INSTALLDIR]"
                       KeyPath="yes" />
      </Component>
    </DirectoryRef>
    <DirectoryRef Id="DATADIR">
      <Component Id="MachineData" Guid="{_guid("data")}" Win64="yes" Permanent="yes" KeyPath="yes">
        <CreateFolder />
      </Component>
    </DirectoryRef>
    <DirectoryRef Id="ProgramMenuFolder">
      <Component Id="MenuEntry" Guid="{_guid("menu")}" Win64="yes">
        <Shortcut Id="Menu" Name="Epicrisis" Target="[INSTALLDIR]epicrisis.exe" WorkingDirectory="INSTALLDIR" />
        <RegistryValue Root="HKLM" Key="SOFTWARE\\Epicrisis" Name="Menu" Type="integer" Value="1" KeyPath="yes" />
      </Component>
    </DirectoryRef>
    <Feature Id="Epicrisis" Level="1">
{references}
      <ComponentRef Id="PolicyKey" />
      <ComponentRef Id="MachineData" />
      <ComponentRef Id="MenuEntry" />
    </Feature>
{_actions()}
  </Product>
</Wix>
"""


def _folder(folder: Path, root: Path, components: list[str], indent: str) -> str:
    """Components of the files of a folder, and the folders below it."""
    lines = []
    for one in sorted(folder.iterdir()):
        name = one.relative_to(root).as_posix()
        if one.is_dir():
            inside = _folder(one, root, components, indent + "  ")
            lines.append(
                f"{indent}<Directory Id={_id('d', name)} Name={quoteattr(one.name)}>\n{inside}\n{indent}</Directory>"
            )
            continue
        components.append(_id("c", name).strip('"'))
        lines.append(
            f'{indent}<Component Id={_id("c", name)} Guid="{_guid("file", name)}" Win64="yes">'
            f'<File Id={_id("f", name)} Source={quoteattr(str(one))} KeyPath="yes" /></Component>'
        )
    return "\n".join(lines)


def _actions() -> str:
    """What Windows Installer has no table for: firewall rules, rights of the machine's data, the program's check."""
    block = (
        f"advfirewall firewall add rule name=&quot;{_RULE}&quot; dir={{way}} action=block enable=yes profile=any "
        "program=&quot;[INSTALLDIR]{program}&quot;"
    )
    rules = {
        f"Block{way.title()}{number}": block.format(way=way, program=program)
        for way in ("out", "in")
        for number, program in enumerate(_PROGRAMS)
    }
    rights = (
        "&quot;[DATADIR].&quot; /inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F "
        "*S-1-5-32-545:(OI)(CI)RX /T"
    )
    # The firewall comes first, so that the program never runs without it.
    steps = [
        ("Free", "Property", "NETSH", f"advfirewall firewall delete rule name=&quot;{_RULE}&quot;", "ignore"),
        *((name, "Property", "NETSH", words, "ignore") for name, words in rules.items()),
        ("Rights", "Property", "ICACLS", rights, "ignore"),
        ("SelfTest", "FileKey", _id("f", "epicrisis-cli.exe").strip('"'), "self-test --quick", "check"),
    ]
    lines, order, after = [], [], "InstallInitialize"
    for name in ("netsh", "icacls"):
        where = f'Property="{name.upper()}" Value="[System64Folder]{name}.exe"'
        lines.append(f'    <CustomAction Id="Find_{name}" {where} />')
        order.append(f'      <Custom Action="Find_{name}" After="{after}">1</Custom>')
        after = f"Find_{name}"
    after = "InstallFiles"
    for name, kind, program, words, then in steps:
        runs = f'ExeCommand="{words}" Execute="deferred" Impersonate="no" Return="{then}"'
        lines.append(f'    <CustomAction Id="{name}" {kind}="{program}" {runs} />')
        when = "1" if name == "Free" else "NOT REMOVE"  # at removal the rules go too
        order.append(f'      <Custom Action="{name}" After="{after}">{when}</Custom>')
        after = name
    return "\n".join([*lines, "    <InstallExecuteSequence>", *order, "    </InstallExecuteSequence>"])


def _id(kind: str, name: str) -> str:
    return f'"{kind}{uuid.uuid5(_SPACE, name).hex}"'


def _guid(*words: str) -> str:
    return "{" + str(uuid.uuid5(_SPACE, "/".join(words))).upper() + "}"
