"""Signing CAP messages: an enveloped XML signature, as CAP 1.2 asks for (section 3.3.2.1)."""

from django.conf import settings
from lxml import etree
from signxml import CanonicalizationMethod, XMLSigner, methods


def signed(alert: etree._Element) -> etree._Element:
    """`alert` with a signature by the key of this portal, whose certificate it carries; as it was
    if the operator has configured no key."""
    if settings.CAP_SIGNING is None:
        return alert
    signer = XMLSigner(
        method=methods.enveloped,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    return signer.sign(
        alert,
        key=settings.CAP_SIGNING.key,
        cert=settings.CAP_SIGNING.certificate.decode(),
    )
