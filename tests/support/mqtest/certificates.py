"""Certificates for tests, made by the openssl program."""

import pathlib

from .process import run


class Authority:
    """A certificate authority in a folder; issues certificates for local servers and clients."""

    def __init__(self, folder, name="test authority", above=None):
        """`above` is the authority that vouches for this one; by default this is a root."""
        self.folder = pathlib.Path(folder)
        self.certificate = self.folder / f"{name.replace(' ', '-')}.pem"
        self.key = self.certificate.with_suffix(".key")
        signed_by = [] if above is None else ["-CA", above.certificate, "-CAkey", above.key]
        _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-days", 3650, "-subj", f"/CN={name}", "-keyout", self.key,
                 "-out", self.certificate, *signed_by)

    def issue(self, name, days=365, subject=None, key_kind=("ec", "ec_paramgen_curve:P-256")):
        """Certificate and key of a holder, as two paths; expired with a negative number of days."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, extension = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extension.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        _openssl("req", "-newkey", key_kind[0], "-pkeyopt", key_kind[1], "-nodes",
                 "-subj", subject or f"/CN={name}", "-keyout", key, "-out", request)
        _openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                 "-CAcreateserial", "-days", days, "-extfile", extension, "-out", certificate)
        return certificate, key

    def revocation_list(self, *revoked):
        """A file that names these certificates; each call makes it anew."""
        settings, database = self.folder / "ca.cnf", self.folder / "index.txt"
        settings.write_text(f"[ca]\ndefault_ca = d\n[d]\ndatabase = {database}\n"
                            f"certificate = {self.certificate}\nprivate_key = {self.key}\n"
                            "default_md = sha256\ndefault_crl_days = 30\n")
        database.write_text("")
        for certificate in revoked:
            _openssl("ca", "-config", settings, "-revoke", certificate)
        path = self.folder / "revoked.crl"
        _openssl("ca", "-config", settings, "-gencrl", "-out", path)
        return path


def _openssl(*arguments):
    result = run(["openssl", *arguments])
    assert result.returncode == 0, result.stderr
