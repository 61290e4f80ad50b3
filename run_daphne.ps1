# Start Daphne on Windows: activates .venv and calls run_daphne.py; DIGI_HOST (0.0.0.0) and DIGI_PORT (8000) are honoured.
# The first time:  py -3.11 -m venv .venv; .venv\Scripts\python -m pip install --require-hashes -r requirements.txt
$ErrorActionPreference = "Stop"
$activate = Join-Path $PSScriptRoot ".venv\Scripts\Activate.ps1"
if (-not (Test-Path $activate)) {
    Write-Error "There is no .venv here yet; the first lines of this script say how to make it."
}
. $activate
Set-Location $PSScriptRoot
python scripts/compile_messages.py
python manage.py migrate --verbosity 0
python run_daphne.py @args
exit $LASTEXITCODE
