; Setup program for Windows, per machine. Compiled by installer/windows/setup.py:
;   ISCC /DVersion=1.2.3 /DSource=dist\epicrisis /DOutput=dist [/DSigned /Sepicrisis=COMMAND] epicrisis.iss
;
; Silent:    epicrisis-1.2.3-setup.exe /VERYSILENT /SUPPRESSMSGBOXES /NORESTART /LOG=setup.log [/POLICY=C:\share\policy.toml]
; Exit code: 0 done; 1 to 8 as Inno Setup's documents say; 9 installed, but the program's own check failed.
; Removal:   "C:\Program Files\Epicrisis\unins000.exe" /VERYSILENT /SUPPRESSMSGBOXES /NORESTART

#ifndef Version
  #error Run installer/windows/setup.py, which passes Version, Source and Output.
#endif

[Setup]
AppId={{6E4B1E0B-6C0B-4D53-9C55-5D1B3F2A7C11}
AppName=Epicrisis
AppVersion={#Version}
AppVerName=Epicrisis {#Version}
AppPublisher=Epicrisis maintainers
VersionInfoVersion={#Version}
DefaultDirName={autopf}\Epicrisis
DefaultGroupName=Epicrisis
DisableProgramGroupPage=yes
DisableDirPage=auto
; Program Files and HKLM can be written by administrators only: the program, its policy and the machine's models rest on that.
PrivilegesRequired=admin
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0
; The program holds these while it runs (app/__main__.py): an upgrade waits, and never replaces what runs.
AppMutex=Epicrisis,Global\Epicrisis
CloseApplications=yes
RestartApplications=no
UninstallDisplayIcon={app}\epicrisis.exe
LicenseFile={#Source}\_internal\LICENSE
OutputDir={#Output}
OutputBaseFilename=epicrisis-{#Version}-setup
Compression=lzma2/max
SolidCompression=yes
LZMAUseSeparateProcess=yes
WizardStyle=modern
TimeStampsInUTC=yes
#ifdef TouchTime
; Files carry the time of the commit, so that two builds of it are alike.
TouchDate={#TouchDate}
TouchTime={#TouchTime}
#endif
#ifdef Signed
SignTool=epicrisis
SignedUninstaller=yes
#endif

[Languages]
Name: en; MessagesFile: "compiler:Default.isl"

[InstallDelete]
; Nothing of the version before stays beside the new one.
Type: filesandordirs; Name: "{app}\_internal"

[Dirs]
Name: "{commonappdata}\Epicrisis"; Flags: uninsneveruninstall
Name: "{commonappdata}\Epicrisis\models"; Flags: uninsneveruninstall
Name: "{commonappdata}\Epicrisis\adapters"; Flags: uninsneveruninstall

[Files]
Source: "{#Source}\*"; DestDir: "{app}"; Flags: recursesubdirs createallsubdirs ignoreversion
; What IT fixed, from /POLICY=FILE. It stays at an upgrade without one, and at removal.
Source: "{param:policy|}"; DestDir: "{app}"; DestName: "policy.toml"; Flags: external skipifsourcedoesntexist ignoreversion uninsneveruninstall; Check: HasPolicy

[Registry]
; Group policy writes its values here. The key is made, so that its rights are the machine's own from the start.
Root: HKLM64; Subkey: "SOFTWARE\Policies\Epicrisis"; Flags: uninsdeletekeyifempty

[Icons]
Name: "{autoprograms}\Epicrisis"; Filename: "{app}\epicrisis.exe"

[Run]
; Below ProgramData any user may write: only administrators may here, or a user could bring models for everybody.
Filename: "{sys}\icacls.exe"; Parameters: """{commonappdata}\Epicrisis"" /inheritance:r /grant:r *S-1-5-32-544:(OI)(CI)F *S-1-5-18:(OI)(CI)F *S-1-5-32-545:(OI)(CI)RX /T"; Flags: runhidden; StatusMsg: "Protecting the machine's models..."
; The program opens no connection; on Windows the firewall holds native code to that too. Old rules of this name go first.
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall delete rule name=""Epicrisis offline"""; Flags: runhidden
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall add rule name=""Epicrisis offline"" dir=out action=block enable=yes profile=any program=""{app}\epicrisis.exe"""; Flags: runhidden
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall add rule name=""Epicrisis offline"" dir=out action=block enable=yes profile=any program=""{app}\epicrisis-cli.exe"""; Flags: runhidden
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall add rule name=""Epicrisis offline"" dir=in action=block enable=yes profile=any program=""{app}\epicrisis.exe"""; Flags: runhidden
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall add rule name=""Epicrisis offline"" dir=in action=block enable=yes profile=any program=""{app}\epicrisis-cli.exe"""; Flags: runhidden

[UninstallRun]
Filename: "{sys}\netsh.exe"; Parameters: "advfirewall firewall delete rule name=""Epicrisis offline"""; Flags: runhidden; RunOnceId: "EpicrisisFirewall"

[UninstallDelete]
Type: filesandordirs; Name: "{app}\_internal"

[Code]
const
  CheckFailed = 9;

var
  HasFailed: Boolean;

function HasPolicy: Boolean;
begin
  Result := ExpandConstant('{param:policy|}') <> '';
end;

{ The program proves itself: offline, and its model the one that was packed. }
procedure CurStepChanged(CurStep: TSetupStep);
var
  Code: Integer;
begin
  if CurStep <> ssPostInstall then
    Exit;
  if not Exec(ExpandConstant('{app}\epicrisis-cli.exe'), 'self-test --quick', '', SW_HIDE, ewWaitUntilTerminated, Code) then
    Code := -1;
  Log(Format('epicrisis self-test --quick ended with %d', [Code]));
  HasFailed := Code <> 0;
  if HasFailed then
    SuppressibleMsgBox('Epicrisis was installed, but its own check failed. Run "epicrisis-cli self-test" to see why.', mbError, MB_OK, IDOK);
end;

function GetCustomSetupExitCode: Integer;
begin
  Result := 0;
  if HasFailed then
    Result := CheckFailed;
end;

{ Histories belong to patients and users, not to the program. }
procedure CurUninstallStepChanged(CurUninstallStep: TUninstallStep);
var
  Words: String;
begin
  if CurUninstallStep <> usPostUninstall then
    Exit;
  Words := 'The encrypted histories, keys, models and settings of the users were left in %LOCALAPPDATA%\Epicrisis of each user, and the models of this machine in '
    + ExpandConstant('{commonappdata}\Epicrisis') + '. A history opens only with its user''s keyring or recovery code. Delete these folders by hand if they must go.';
  Log(Words);
  if not UninstallSilent then
    SuppressibleMsgBox(Words, mbInformation, MB_OK, IDOK);
end;
