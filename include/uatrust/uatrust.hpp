#pragma once

/// Everything of uatrust but the opt-in headers (uatrust/interop/openssl.hpp, uatrust/open62541.hpp).
#include <uatrust/core/clock.hpp>
#include <uatrust/core/endpoint_url.hpp>
#include <uatrust/crypto/message_protection.hpp>
#include <uatrust/crypto/passphrase.hpp>
#include <uatrust/identity/application_identity.hpp>
#include <uatrust/session/client_handshake.hpp>
#include <uatrust/session/server_handshake.hpp>
#include <uatrust/store/directory_store.hpp>
#include <uatrust/store/folder_layouts.hpp>
#include <uatrust/store/import_plan.hpp>
#include <uatrust/store/layout_conversion.hpp>
#include <uatrust/store/memory_store.hpp>
#include <uatrust/store/trust_changes.hpp>
#include <uatrust/validation/audit_event.hpp>
#include <uatrust/validation/explain.hpp>
#include <uatrust/validation/validation_options.hpp>
#include <uatrust/validation/validator.hpp>
#include <uatrust/x509/bundle.hpp>
#include <uatrust/x509/certificate_authority.hpp>
#include <uatrust/x509/crl_entries.hpp>
#include <uatrust/x509/departures.hpp>
#include <uatrust/x509/pem.hpp>
