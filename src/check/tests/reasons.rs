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
    dns::a_failed_look_up_is_not_no_aaaa,
    dns::one_unresolved_name_server_hides_which_reason_holds,
    dns::caa_is_looked_for_up_to_the_top_level_domain,
    dns::what_https_records_lead_to,
    address::addresses_that_packets_reach_or_not,
    address::reverse_names,
    address::more_addresses_than_are_looked_at,
    dane::associations,
    dane::an_alias_whose_end_is_unknown,
    dnssec::signatures_of_a_zone,
    dnssec::zones_that_are_not_signed,
    dnssec::what_hides_whether_a_zone_is_signed,
    dnssec::what_could_not_be_confirmed_is_not_bogus,
    dnssec::aliases_that_are_not_followed_to_their_end,
    families::every_error_on_the_way,
    families::ports_over_both_families,
    families::a_redirected_name_leads_elsewhere_from_everywhere,
    inventory::names_against_their_declared_state,
    retired::a_retired_site_at_both_of_its_ports,
    retired::a_retired_name_server_or_time_server,
    inventory::a_wildcard_proves_nothing,
    inventory::mail_domains_and_zones_have_servers_instead_of_addresses,
    inventory::an_address_literal_needs_no_name,
    limits::addresses_of_a_redirect_target,
    limits::addresses_that_may_advertise_what_others_do_not,
    mail::exchangers_and_their_addresses,
    mail::domains_without_exchangers_are_not_judged,
    mail::nothing_is_said_before_the_domain_was_asked_for,
    mail::banners_and_hellos,
    mail::mail_that_our_own_network_keeps_back_is_not_the_exchangers_fault,
    mail::starttls_at_one_address,
    mail::starttls_over_both_families,
    mail::spf_of_a_domain_whose_exchangers_have_ipv6,
    mail::reverse_names_of_exchangers,
    mail_unknown::exchangers_whose_addresses_are_not_known,
    mail_unknown::exchangers_beyond_the_limit,
    mail_unknown::exchanges_that_our_own_side_ended,
    mail_unknown::offers_that_are_not_known,
    mail_unknown::a_sender_without_ipv4,
    origin::origins_against_what_is_declared,
    origin::without_tables_nothing_is_said,
    records::authorities_that_may_issue,
    records::services_without_a_caa_question,
    records::https_records_that_are_not_known,
    reach::every_way_not_to_connect_has_its_own_reason,
    reach::rounds_tell_flapping_from_down,
    reach::medians_of_both_families_are_compared,
    reach::without_addresses_there_is_nothing_to_reach,
    reach::echoes_are_told_apart_and_a_missing_right_is_ours,
    reach::small_packets_tell_a_black_hole_from_a_slow_server,
    zone_servers::answers_that_agree,
    zone_servers::questions_for_aaaa,
    zone_servers::servers_over_ipv4,
    zone_servers::servers_over_ipv6,
    zone_delegation::ases_of_servers,
    zone_delegation::delegations,
    zone_way::empty_answers_without_an_soa,
    zone_delegation::glue,
    zone_large::large_answers,
    zone_delegation::networks_of_servers,
    zone_delegation::servers_with_ipv6,
    zone_way::the_way_with_ipv6_alone,
    service::ports_that_take_a_connection_or_not,
    service::handshakes_that_fail,
    service::greetings_of_a_shell_server,
    service::name_servers_over_both_transports,
    service::time_servers,
    service::services_without_ipv6_or_without_observations,
    service_unknown::ports_and_handshakes_in_turn,
    service_unknown::greetings_in_turn,
    service_unknown::datagrams_in_turn,
    tls::old_versions_beside_the_handshake_of_our_time,
    tls::handshakes,
    tls::key_exchanges,
    tls_chains::chains_and_authorities,
    tls_chains::names_and_dates,
    tls_chains::keys_and_signatures,
    tls_chains::both_families,
    web::answers_of_each_address,
    web::status_and_url_over_both_families,
    web::redirects_over_ipv6,
    web::addresses_beyond_the_limit,
    web_names::what_port_80_does,
    web_names::the_other_name,
    web_names::hosts_without_another_name,
    web_pages::ipv4_literals,
    web_pages::servers_that_a_page_loads_from,
    web_pages::pages_that_hide_what_they_load,
    web_parity::words_over_both_families,
    web_parity::security_headers_over_both_families,
    web_parity::http3_where_it_is_advertised,
    web_usable::the_way_of_a_browser_without_ipv4,
    web_usable::required_resources,
];

#[test]
fn every_reason_has_a_row() {
    for table in TABLES {
        table();
    }
    let given = GIVEN.lock().unwrap();
    let mut missing = Vec::new();
    for check in crate::check::CATALOGUE.iter() {
        if check.may_gate() {
            let own = check.reasons.iter().filter(|reason| !given.contains(&(check.id, reason.id)));
            missing.extend(own.map(|reason| format!("{}: {}", check.id, reason.id)));
        }
    }
    assert!(missing.is_empty(), "{} reasons without a row:\n{}", missing.len(), missing.join("\n"));
}
