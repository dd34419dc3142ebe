# Registers nacomp for the current user: .nac opens with a double click, "Compress with nacomp" on files and folders.
# No administrator needed: everything lies below HKEY_CURRENT_USER\Software\Classes. Take it out again with -Remove.
param(
    [string]$Program = (Get-Command nacomp-gui -ErrorAction SilentlyContinue).Source,
    [switch]$Remove
)
$ErrorActionPreference = "Stop"
$classes = "HKCU:\Software\Classes"
$keys = @("$classes\.nac", "$classes\nacomp.archive.archive_file", "$classes\*\shell\nacomp", "$classes\Directory\shell\nacomp")

if ($Remove) {
    foreach ($key in $keys) {
        if (Test-Path -LiteralPath $key) { Remove-Item -LiteralPath $key -Recurse }
    }
    return
}
if (-not $Program) { throw "nacomp-gui was not found; give its path: register.ps1 -Program C:\path\nacomp-gui.exe" }

# set-key PATH NAME VALUE: the registry provider takes '*' as a wildcard, so the .NET interface is used.
function Set-Key([string]$Path, [string]$Name, [string]$Value) {
    $key = [Microsoft.Win32.Registry]::CurrentUser.CreateSubKey("Software\Classes\$Path")
    $key.SetValue($Name, $Value)
    $key.Close()
}

Set-Key ".nac" "" "nacomp.archive.archive_file"
Set-Key ".nac" "Content Type" "application/x-nacomp"
Set-Key "nacomp.archive.archive_file" "" "nacomp archive"
Set-Key "nacomp.archive.archive_file\DefaultIcon" "" "`"$Program`",0"
Set-Key "nacomp.archive.archive_file\shell\open\command" "" "`"$Program`" `"%1`""
Set-Key "nacomp.archive.archive_file\shell\extract" "" "Extract with nacomp"
Set-Key "nacomp.archive.archive_file\shell\extract\command" "" "`"$Program`" --extract `"%1`""
foreach ($target in @("*", "Directory")) {
    Set-Key "$target\shell\nacomp" "" "Compress with nacomp"
    Set-Key "$target\shell\nacomp" "Icon" "`"$Program`",0"
    Set-Key "$target\shell\nacomp\command" "" "`"$Program`" --compress `"%1`""
}
