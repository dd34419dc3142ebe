# Archives what a job file names. Silent when all is well; otherwise it says which files failed and leaves with nacomp's exit
# code. What is archived already is skipped, and a night that was cut short goes on.
#
#     schtasks /Create /SC DAILY /ST 02:15 /TN nacomp /TR "pwsh -File C:\backup\nightly.ps1 C:\backup\nightly.toml C:\backup\reports"
param(
    [Parameter(Mandatory)] [string] $Job,
    [Parameter(Mandatory)] [string] $Reports
)
$ErrorActionPreference = 'Stop'

New-Item -ItemType Directory -Force -Path $Reports | Out-Null
$today = Get-Date -Format 'yyyy-MM-dd'
nacomp batch --job $Job --quiet -f --report (Join-Path $Reports 'last.json') --csv (Join-Path $Reports "$today.csv")
exit $LASTEXITCODE
