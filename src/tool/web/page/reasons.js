// What the program itself says in English, in the other languages of the page, by the names that it gives with it: why somebody is
// refused and what to do, the steps, the cures. Each claims no more than the program has said under that name: where that is several
// things, its own words are shown as well ({said}, or {found}).
// {name} is the certificate, {above} who has issued it, {issuer} the name that is wanted of who has; {from} and {until} are its dates.
export const reasons = {
    de: {
        // The rows of OPC 10000-4, 6.1.3, Table "Certificate validation steps".
        steps: {
            "Certificate Structure": "Aufbau des Zertifikats",
            "Build Certificate Chain": "Aufbau der Kette",
            "Signature": "Signatur",
            "Security Policy Check": "Prüfung gegen die SecurityPolicy",
            "Trust List Check": "Vertrauensliste",
            "Validity Period": "Gültigkeitszeitraum",
            "Host Name": "Rechnername",
            "URI": "ApplicationUri",
            "Certificate Usage": "Verwendungszweck",
            "Find Revocation List": "Suche der Sperrliste",
            "Revocation Check": "Prüfung auf Widerruf",
        },
        // By the cause: the reason, and the remedy.
        causes: {
            "not-judged": [
                "Das Zertifikat konnte nicht beurteilt werden. {said}",
                "Bis die Ursache behoben ist, wird es abgewiesen. Prüfen Sie den Zertifikatsspeicher und den Arbeitsspeicher dieser " +
                    "Anwendung.",
            ],
            "unreadable": [
                "Was die Gegenstelle als Zertifikat sendet, lässt sich nicht lesen. {said}",
                "Prüfen Sie, was die Gegenstelle sendet: ihr eigenes Zertifikat in DER, dahinter nichts als die CAs darüber. Liegt " +
                    "es am Zertifikat selbst, lassen Sie es neu ausstellen.",
            ],
            "malformed": [
                "{name}, oder was damit gesendet wurde, ist fehlerhaft aufgebaut. {said}",
                "Lassen Sie es ohne diesen Fehler neu ausstellen, und prüfen Sie, was es auf dem Weg hierher beschädigen kann.",
            ],
            "root-only-sent": [
                "Die Kette endet bei {name}. Dieses Zertifikat ist hier weder bei den Vertrauten noch bei den Ausstellern.",
                "Vergleichen Sie den Fingerabdruck {thumbprint} mit dem Betreiber der CA, und nehmen Sie ihr Zertifikat zu den " +
                    "Ausstellern auf.",
            ],
            "issuer-missing": [
                "Der Aussteller von {name} fehlt: Die CA {issuer} ist hier nicht bekannt.",
                "Nehmen Sie das Zertifikat der CA {issuer} zu den Ausstellern auf, oder zu den Vertrauten, um allem zu vertrauen, " +
                    "was sie ausgestellt hat.",
            ],
            "issuer-other-key": [
                "Eine CA mit dem Namen {issuer} ist bekannt, aber mit einem anderen Schlüssel als dem, der {name} ausgestellt hat. " +
                    "Wurde die CA neu aufgesetzt?",
                "Nehmen Sie das passende Zertifikat der CA zu den Ausstellern auf, oder lassen Sie {name} von der jetzigen CA neu " +
                    "ausstellen.",
            ],
            "no-chain": [
                "Von {name} wurde keine Kette bis zu einer Wurzel gefunden, die hier bekannt ist. {said}",
                "Nehmen Sie das Zertifikat der Wurzel zu den Ausstellern auf, und entfernen Sie CAs aus den Listen, die niemand braucht.",
            ],
            "signature-wrong": [
                "Die Signatur von {name} stimmt nicht.",
                "Das Zertifikat wurde beschädigt oder gefälscht: Vertrauen Sie ihm nicht, und besorgen Sie es neu von seinem Besitzer.",
            ],
            "policy": [
                "{name} erfüllt die SecurityPolicy nicht. {said}",
                "Lassen Sie {name} passend zur SecurityPolicy neu ausstellen, oder verwenden Sie eine SecurityPolicy, die es erfüllt.",
            ],
            "untrusted": ["{name} ist nicht in der Liste der Vertrauten.", "Wenn Sie diese Gegenstelle kennen, vertrauen Sie ihr."],
            "untrusted-chain": [
                "Weder {name} noch eine CA seiner Kette ist in der Liste der Vertrauten.",
                "Wenn Sie diese Gegenstelle kennen, vertrauen Sie ihr, oder der CA {above}, um allem zu vertrauen, was diese CA " +
                    "ausgestellt hat.",
            ],
            "blocked": [
                "{name} wurde von einem Bediener blockiert.",
                "Lassen Sie es so, es sei denn, es wurde versehentlich blockiert: Dann geben Sie es frei.",
            ],
            "blocked-ca": [
                "Die CA {name} wurde von einem Bediener blockiert, und mit ihr alles, was sie ausgestellt hat.",
                "Lassen Sie es so, es sei denn, sie wurde versehentlich blockiert: Dann geben Sie sie frei.",
            ],
            "blocked-issuer": [
                "{name} wurde von der CA {issuer} ausgestellt, die ein Bediener blockiert hat.",
                "Lassen Sie es so, es sei denn, die CA wurde versehentlich blockiert: Dann geben Sie sie frei.",
            ],
            "blocked-unsure": [
                "Ob {name} blockiert ist, lässt sich nicht sagen. {said}",
                "Bringen Sie die Liste der Blockierten in Ordnung: Entfernen Sie, was sich nicht lesen lässt, was mehrfach da ist " +
                    "und was abgelaufen ist.",
            ],
            "not-yet-valid": [
                "{name} ist noch nicht gültig, erst ab {from}.",
                "Geht die Uhr falsch, stellen Sie sie. Sonst warten Sie bis dahin, oder lassen Sie {name} so neu ausstellen, dass es " +
                    "sofort gilt.",
            ],
            "expired": ["{name} ist seit {until} abgelaufen.", "Lassen Sie {name} erneuern. Geht die Uhr falsch, stellen Sie sie."],
            "host-name": [
                "{name} wurde nicht für diesen Rechner ausgestellt: erwartet {expected}, gefunden {found}.",
                "Verbinden Sie sich mit einem Rechnernamen oder einer Adresse, die im Zertifikat steht, oder lassen Sie das " +
                    "Zertifikat des Servers mit diesem Namen neu ausstellen.",
            ],
            "uri": [
                "Die ApplicationUri der Gegenstelle steht nicht in {name}: erwartet {expected}, gefunden {found}.",
                "Die ApplicationUri der Gegenstelle und die URI in ihrem Zertifikat müssen bis auf den Buchstaben gleich sein: " +
                    "Ändern Sie ihre Einstellungen, oder lassen Sie ihr Zertifikat neu ausstellen.",
            ],
            "usage-client": [
                "{name} darf nicht von einer Client-Anwendung verwendet werden. {said}",
                "Lassen Sie {name} für die Verwendung durch eine Client-Anwendung neu ausstellen.",
            ],
            "usage-server": [
                "{name} darf nicht von einer Server-Anwendung verwendet werden. {said}",
                "Lassen Sie {name} für die Verwendung durch eine Server-Anwendung neu ausstellen.",
            ],
            "usage-user": [
                "{name} darf keinen Benutzer ausweisen. {said}",
                "Lassen Sie {name} als Zertifikat eines Benutzers neu ausstellen.",
            ],
            "usage-end": [
                "{name} darf nicht am Ende einer Kette stehen. {said}",
                "Lassen Sie {name} für diese Verwendung neu ausstellen.",
            ],
            "usage-ca": [
                "{name} darf keine Zertifikate ausstellen, oder nicht diese. {said}",
                "Lassen Sie {name} als Zertifikat einer CA neu ausstellen, die das darf.",
            ],
            "crl-missing": [
                "Ob {name} widerrufen wurde, ist nicht bekannt: Eine Sperrliste der CA {above} ist hier nicht vorhanden.",
                "Besorgen Sie die aktuelle Sperrliste der CA {above}, und importieren Sie sie.",
            ],
            "crl-outdated": [
                "Ob {name} widerrufen wurde, ist nicht bekannt: Die Sperrliste der CA {above} ist nicht mehr aktuell. {found}",
                "Besorgen Sie die aktuelle Sperrliste der CA {above}, und importieren Sie sie.",
            ],
            "crl-unusable": [
                "Ob {name} widerrufen wurde, ist nicht bekannt: Keine Sperrliste des Ausstellers ist brauchbar. {found}",
                "Besorgen Sie die aktuelle, vollständige Sperrliste des Ausstellers, und importieren Sie sie.",
            ],
            "crl-sign-missing": [
                "Ob {name} widerrufen wurde, ist nicht bekannt: Die CA {above} darf keine Sperrlisten signieren, denn in ihrer " +
                    "keyUsage fehlt cRLSign.",
                "Lassen Sie {above} mit cRLSign in der keyUsage neu ausstellen, und besorgen Sie dann eine Sperrliste von ihr.",
            ],
            "revoked": [
                "{name} wurde von der CA {above} widerrufen. {said}",
                "Vertrauen Sie {name} nicht mehr. Der Besitzer braucht ein neues Zertifikat von der CA.",
            ],
        },
        // By the action. "none" has the remedy for its words.
        cures: {
            "trust": "Diesem Zertifikat vertrauen, nachdem sein Fingerabdruck mit dem des Geräts verglichen wurde.",
            "trust-issuer": "Der CA vertrauen, die es ausgestellt hat, und damit allem, was sie ausgestellt hat und ausstellen wird.",
            "import-issuer": "Das Zertifikat der CA {issuer} importieren, das hier nicht bekannt ist.",
            "import-crl": "Die Sperrliste der CA importieren: Hier ist keine.",
            "unblock": "Freigeben: Es kommt zurück zu den Abgewiesenen, wo ihm vertraut werden kann.",
            "none": "Es würde jetzt eingelassen: Der nächste Versuch gelingt.",
        },
        // By the status of an error. "" is for all others: the program's own words follow each of them.
        errors: {
            "": "Das ist nicht gelungen.",
            "BadNotFound": "Das ist nicht da, oder nicht mehr.",
            "BadInvalidArgument": "Was angegeben wurde, ist nicht brauchbar.",
            "BadOutOfRange": "Der Wert liegt außerhalb dessen, was möglich ist.",
            "BadInvalidState": "Das geht so nicht.",
            "BadNothingToDo": "Es ist nichts zu tun.",
            "BadUserAccessDenied": "Dazu fehlt die Berechtigung.",
            "BadNotWritable": "In diesen Ordner kann nicht geschrieben werden.",
            "BadEncodingLimitsExceeded": "Das ist zu groß.",
            "BadRequestTooLarge": "Das ist zu groß.",
            "BadServerTooBusy": "Das Programm ist gerade zu beschäftigt.",
            "BadTooManySessions": "Zu viele Browser sind angemeldet.",
            "BadResourceUnavailable": "Das ist gerade nicht möglich: Etwas anderes ist damit beschäftigt, oder es fehlt.",
            "BadNotSupported": "Das wird nicht unterstützt, oder es lässt sich nicht lesen.",
            "BadSecurityChecksFailed": "Es ist geschützt, oder eine Sicherheitsprüfung wurde nicht bestanden.",
            "BadCertificateInvalid": "Das Zertifikat ist fehlerhaft.",
            "BadCertificateUriInvalid": "Die ApplicationUri stimmt nicht.",
        },
    },
};
