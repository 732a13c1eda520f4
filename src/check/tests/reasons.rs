//! Every reason that a check declares is given by some row of the tables, and with its outcome.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::*;

/// The checks and reasons that the tables of this process have given so far.
static GIVEN: Mutex<BTreeSet<(&str, &str)>> = Mutex::new(BTreeSet::new());

/// Notes the reasons of a verdict and of its subjects. Panics for one that the check doesn't declare
/// or that goes with another outcome.
pub(super) fn given(check: &Check, verdict: &Verdict) {
    let subjects = verdict.subjects.iter().map(|subject| (subject.outcome, subject.reason));
    for (outcome, reason) in subjects.chain([(verdict.outcome, verdict.reason)]) {
        let own = check.reasons.iter().find(|known| known.id == reason).map(|known| known.outcome);
        let common = common::COMMON_REASONS.iter().find(|known| known.id == reason);
        let declared = own.or(common.map(|known| known.outcome));
        assert_eq!(declared, Some(outcome), "{}: {reason} goes with another outcome", check.id);
        GIVEN.lock().unwrap().insert((check.id, reason));
    }
}

/// All tables. A test that is missing here shows as a reason without a row.
const TABLES: &[fn()] = &[
    address::ranges_of_addresses,
    address::networks_of_addresses,
    address::what_addresses_give_away,
    address::names_of_addresses,
    address::addresses_that_are_not_known,
    dns::a_failed_look_up_is_not_no_aaaa,
    dns::one_unresolved_name_server_hides_which_reason_holds,
    dns::caa_is_looked_for_up_to_the_top_level_domain,
    dns::what_https_records_lead_to,
    dnssec::chains_of_trust,
    dnssec::what_could_not_be_verified_is_not_bogus,
    dnssec::services_whose_names_are_not_verified,
    http3::what_comes_of_a_promise,
    http3::alternatives_elsewhere,
    http3::without_a_promise,
    inventory::names_against_their_declared_state,
    inventory::a_retired_name_that_answers_or_not,
    inventory::a_retired_name_server_or_time_server,
    inventory::where_a_redirected_name_leads,
    inventory::a_wildcard_proves_nothing,
    inventory::mail_domains_and_zones_have_servers_instead_of_addresses,
    inventory::an_address_literal_needs_no_name,
    limits::addresses_beyond_the_limit_are_named,
    limits::a_retired_name_with_more_addresses_than_are_asked,
    mail::exchangers_and_their_addresses,
    mail::domains_without_exchangers_are_not_judged,
    mail::nothing_is_said_before_the_domain_was_asked_for,
    mail::banners_and_hellos,
    mail::mail_that_our_own_network_keeps_back_is_not_the_exchangers_fault,
    mail::starttls_at_one_address,
    mail::starttls_over_both_families,
    mail::spf_of_a_domain_whose_exchangers_have_ipv6,
    mail::reverse_names_of_exchangers,
    origin::origins_against_what_is_declared,
    origin::without_tables_nothing_is_said,
    reach::every_way_not_to_connect_has_its_own_reason,
    reach::ports_over_both_families,
    reach::rounds_tell_flapping_from_down,
    reach::medians_of_both_families_are_compared,
    reach::without_addresses_there_is_nothing_to_reach,
    reach::echoes_are_told_apart_and_a_missing_right_is_ours,
    reach::small_packets_tell_a_black_hole_from_a_slow_server,
    service::ports_that_take_a_connection_or_not,
    service::handshakes_that_fail,
    service::greetings_of_a_shell_server,
    service::name_servers_over_both_transports,
    service::time_servers,
    service::services_without_ipv6_or_without_observations,
    tls::old_versions_beside_the_new_ones,
    tls::handshakes_that_complete_or_fail,
    tls::the_same_service_at_every_address,
    tls::key_exchanges,
    tls::starttls_that_is_not_begun,
    tls_dane::tlsa_records_and_what_is_shown,
    tls_dane::names_without_tlsa_records_that_count,
    tls_dane::an_alias_whose_end_is_unknown_may_have_records,
    tls_certificates::names_of_certificates,
    tls_certificates::dates_of_certificates,
    tls_certificates::paths_to_the_trusted_authorities,
    tls_certificates::a_staple_that_says_revoked,
    tls_certificates::keys_and_signatures,
    tls_certificates::certificates_that_were_not_seen,
    tls_certificates::sessions_that_contradict_each_other_are_not_picked_from,
];

/// The checks whose tables are whole, by the beginning of their ids.
const WHOLE: &[&str] = &[
    "address-",
    "dns-dnssec",
    "dns-ptr",
    "inventory-",
    "reach-",
    "tls-",
    "web-http3",
    "mail-ptr",
    "mail-banner",
    "service-",
];

#[test]
fn every_reason_has_a_row() {
    for table in TABLES {
        table();
    }
    let given = GIVEN.lock().unwrap();
    let mut missing = Vec::new();
    for check in super::super::CATALOGUE {
        let is_whole = WHOLE.iter().any(|area| check.id.starts_with(area));
        if is_whole && matches!(check.rule, Rule::Service(_)) {
            let own = check.reasons.iter().filter(|reason| !given.contains(&(check.id, reason.id)));
            missing.extend(own.map(|reason| format!("{}: {}", check.id, reason.id)));
        }
    }
    assert!(missing.is_empty(), "{} reasons without a row:\n{}", missing.len(), missing.join("\n"));
}
