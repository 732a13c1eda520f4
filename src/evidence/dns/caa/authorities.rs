//! The domains by which the authorities of the web PKI want to be named in CAA records.

/// What an authority calls itself in the organisation field of the certificates that it issues
/// from, and its CAA domains.
///
/// As of November 2026, from what the authorities say in their practice statements (Baseline
/// Requirements §4.2 oblige them to, and the CCADB's report *All CAA Identifiers* collects it), by
/// way of a public compilation of mid-2025; it was not compared with the report itself. Whoever is
/// missing here leads to an inconclusive verdict, never to a failed one, and an inventory can add
/// its own by `settings.caa_issuers`.
pub(super) const AUTHORITIES: &[(&[&str], &[&str])] = &[
    (&["Let's Encrypt", "Internet Security Research Group"], &["letsencrypt.org"]),
    (&["Google TrustedRoots Services", "Google TrustedRoots Services LLC"], &["pki.goog"]),
    (
        &["DigiCert Inc", "DigiCert, Inc."],
        &[
            "digicert.com",
            "www.digicert.com",
            "digicert.ne.jp",
            "cybertrust.ne.jp",
            "thawte.com",
            "geotrust.com",
            "rapidssl.com",
            "symantec.com",
            "quovadisglobal.com",
            "digitalcertvalidation.com",
            "amazon.com",
            "amazontrust.com",
            "awstrust.com",
            "amazonaws.com",
        ],
    ),
    (
        &["Sectigo Limited", "COMODO CA Limited", "The USERTRUST Network"],
        &[
            "sectigo.com",
            "usertrust.com",
            "trust-provider.com",
            "comodo.com",
            "comodoca.com",
            "entrust.net",
            "affirmtrust.com",
        ],
    ),
    // Issued from by Sectigo.
    (&["ZeroSSL"], &["zerossl.com", "sectigo.com"]),
    (&["GlobalSign nv-sa"], &["globalsign.com"]),
    (
        &["Amazon", "Amazon TrustedRoots Services"],
        &["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com", "aws.amazon.com"],
    ),
    (&["GoDaddy.com, Inc.", "Starfield Technologies, Inc."], &["godaddy.com", "starfieldtech.com"]),
    (&["Entrust, Inc.", "Entrust Limited"], &["entrust.net", "affirmtrust.com"]),
    (&["SSL Corporation", "SSL Corp"], &["ssl.com", "entrust.net", "affirmtrust.com"]),
    (&["Microsoft Corporation"], &["microsoft.com", "digicert.com"]),
    (&["Apple Inc."], &["pki.apple.com"]),
    (&["Certainly"], &["certainly.com"]),
    (&["Buypass AS-983163327"], &["buypass.com", "buypass.no"]),
    (&["Actalis S.p.A."], &["actalis.it"]),
    (&["Asseco Data Systems S.A."], &["certum.pl", "certum.eu"]),
    (&["IdenTrust", "IdenTrust, Inc."], &["identrust.com"]),
    (&["SwissSign AG"], &["swisssign.com"]),
    (&["D-TrustedRoots GmbH"], &["d-trust.net", "dtrust.de", "d-trust.de"]),
    (&["Deutsche Telekom Security GmbH"], &["telesec.de", "pki.dfn.de", "dfn.de"]),
    (&["Hellenic Academic and Research Institutions CA"], &["harica.gr"]),
    (&["Certigna"], &["certigna.fr", "certigna.com"]),
    (&["TAIWAN-CA", "TAIWAN-CA Inc."], &["twca.com.tw"]),
    (&["TrustAsia Technologies, Inc."], &["trustasia.com"]),
    (&["Cybertrust Japan Co., Ltd."], &["cybertrust.co.jp", "cybertrust.ne.jp"]),
    (&["SECOM TrustedRoots Systems CO.,LTD."], &["secomtrust.net"]),
    (&["eMudhra Technologies Limited", "eMudhra Inc"], &["emsign.com"]),
];
