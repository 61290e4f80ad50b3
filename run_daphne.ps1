# Start Daphne on Windows: activates .venv, migrates and calls run_daphne.py, whose options may follow: run_daphne.ps1 --help
# DIGI_HOST (0.0.0.0) and DIGI_PORT (8000) are honoured. PowerShell 5.1 and newer. The first time:
#   py -3.11 -m venv .venv; .venv\Scripts\python -m pip install --require-hashes -r requirements.txt
# Where scripts are not allowed to run: powershell -ExecutionPolicy Bypass -File run_daphne.ps1
# Windows has no UNIX sockets for Python's servers, no SO_REUSEPORT and no uvloop: -u, -e unix:, -e systemd:, --fd and
# --workers are not for it. Daphne runs on asyncio's selector loop there: 512 connections at most. Ctrl-C ends it.
$ErrorActionPreference = "Stop"
Set-Location -LiteralPath $PSScriptRoot
$activate = Join-Path $PSScriptRoot ".venv\Scripts\Activate.ps1"
if (-not (Test-Path -LiteralPath $activate)) {
    [Console]::Error.WriteLine("There is no .venv here yet; the first lines of run_daphne.ps1 say how to make it.")
    exit 1
}
. $activate
python scripts/compile_messages.py
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
python manage.py migrate --verbosity 0
if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
python run_daphne.py @args
exit $LASTEXITCODE
