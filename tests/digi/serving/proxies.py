"""nginx and Caddy on deploy/'s own files, with this run's ports and folders in them."""

import os
import shutil
from pathlib import Path

import httpx

from tests.servers import ROOT, Process, free_port
from tests.visitor import Visitor

NGINX = """
daemon off; pid {folder}/nginx.pid; error_log stderr warn; {user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/digi.conf;
}}
"""


class Proxy(Process):
    """At `url`, by TLS for localhost, in front of `folder`/digi.sock; the certificate lies in `folder`, too."""

    def __init__(self, command: list[str], *, folder: Path, **environment: str) -> None:
        super().__init__(command, name=command[0], environment=environment)
        self.folder, self.port, self.plain_port = folder, free_port(), free_port()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def answers(self) -> bool:
        try:
            return Visitor(self.url, tls=self.folder / "chain.pem").ask("GET", "/healthz").status_code in {200, 404}
        except httpx.TransportError:
            return False

    def write(self, printed: str, name: str, places: dict[str, object]) -> None:
        """Write a file of deploy/ into the folder; every place must stand in it."""
        text = (ROOT / "deploy" / printed).read_text()
        for place, real in places.items():
            assert place in text, f"{printed} does not say {place}"
            text = text.replace(place, str(real))
        (self.folder / name).write_text(text)


class Nginx(Proxy):
    """With `below`, it forwards /forum/ alone, as the file says in its comments."""

    def __init__(self, folder: Path, *, below: bool = False) -> None:
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        super().__init__([program, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")], folder=folder)
        places = {
            "listen [::]:80;": "",
            "listen [::]:443 ssl http2;": "",
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "server_name digi.example": "server_name localhost",
            "/run/digi": folder,
            "/etc/digi": folder,
            "/etc/nginx": folder,
        }
        self.write("nginx/digi.conf", "digi.conf", places)
        self.write("nginx/digi_proxy.conf", "digi_proxy.conf", {})
        if below:
            file = folder / "digi.conf"
            file.write_text(_below_a_path(file.read_text()))
        root = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, user=root))


def _below_a_path(text: str) -> str:
    before, _, rest = text.partition("    location / {")
    return before + rest.partition("location above:\n")[2].replace("    # ", "    ")


class Caddy(Proxy):
    def __init__(self, folder: Path) -> None:
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
        super().__init__(command, folder=folder, HOME=str(folder), XDG_DATA_HOME=str(folder))
        certificate = f"tls {folder}/chain.pem {folder}/key.pem"
        places = {"digi.example {": f"localhost:{self.port} {{\n\t{certificate}", "unix//run/digi": f"unix/{folder}"}
        self.write("caddy/Caddyfile", "Caddyfile", places)
        options = f"{{\n\tadmin off\n\thttp_port {self.plain_port}\n\tskip_install_trust\n}}\n"
        file = folder / "Caddyfile"
        file.write_text(options + file.read_text())
