"""The client's side of SCRAM-SHA-256, RFC 5802 and 7677, by Python's own means."""

import base64
import hashlib
import hmac
import secrets

METHOD = "SCRAM-SHA-256"


class ScramClient:
    def __init__(self, user, password, header="n,,"):
        self.password = password
        self.header = header
        name = user.replace("=", "=3D").replace(",", "=2C")
        self.bare = f"n={name},r={secrets.token_urlsafe(18)}"
        self.salt, self.iterations, self.expected = b"", 0, ""

    def first(self):
        return (self.header + self.bare).encode()

    def final(self, server_first):
        """The answer to the server's first message, which the attributes describe afterwards."""
        nonce, salt, iterations = (part[2:] for part in server_first.decode().split(","))
        assert nonce.startswith(self.bare.split(",r=")[1]), server_first
        self.salt, self.iterations = base64.b64decode(salt, validate=True), int(iterations)
        salted = hashlib.pbkdf2_hmac("sha256", self.password.encode(), self.salt, self.iterations)
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        without_proof = f"c={base64.b64encode(self.header.encode()).decode()},r={nonce}"
        signed = f"{self.bare},{server_first.decode()},{without_proof}".encode()
        cover = hmac.digest(hashlib.sha256(client_key).digest(), signed, "sha256")
        proof = bytes(a ^ b for a, b in zip(client_key, cover))
        server_key = hmac.digest(salted, b"Server Key", "sha256")
        signature = hmac.digest(server_key, signed, "sha256")
        self.expected = "v=" + base64.b64encode(signature).decode()
        return f"{without_proof},p={base64.b64encode(proof).decode()}".encode()

    def believes(self, server_final):
        """Whether the server knows the password's keys, too."""
        return server_final.decode() == self.expected
