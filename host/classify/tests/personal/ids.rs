//! Whose ids are made here, and what people write around them.

use crate::made::Made;
use crate::random::Random;
use crate::{europe, north, world};

/// One kind of id.
pub(crate) struct Id {
    pub(crate) label: &'static str,
    pub(crate) make: fn(&mut Random) -> Made,
    /// Found without a word beside it as well.
    pub(crate) alone: bool,
    /// There are shorter ones too.
    pub(crate) varies: bool,
    /// In the country's language and in English.
    pub(crate) texts: &'static [&'static str],
}

/// All of them.
#[rustfmt::skip]
pub(crate) const IDS: &[Id] = &[
    Id { label: "pii.ar-cuil", make: world::ar_cuil, alone: true, varies: false, texts: &["CUIL {}", "Mi CUIT es {}.", "Argentine tax number: {}"] },
    Id { label: "pii.at-svnr", make: europe::at_svnr, alone: false, varies: false, texts: &["SVNR {}", "Meine Sozialversicherungsnummer ist {}.", "Austrian social security number: {}"] },
    Id { label: "pii.au-medicare", make: world::au_medicare, alone: false, varies: false, texts: &["Medicare {}", "her Medicare card number is {}.", "medicare no: {}"] },
    Id { label: "pii.au-tfn", make: world::au_tfn, alone: false, varies: false, texts: &["TFN {}", "My tax file number is {}.", "tfn: {}"] },
    Id { label: "pii.be-national-number", make: europe::be_national_number, alone: true, varies: false, texts: &["rijksregisternummer {}", "Mon numéro national : {}.", "national register number: {}"] },
    Id { label: "pii.bg-egn", make: europe::bg_egn, alone: false, varies: false, texts: &["ЕГН {}", "My EGN is {}.", "uniform civil number: {}"] },
    Id { label: "pii.br-cpf", make: world::br_cpf, alone: true, varies: false, texts: &["CPF {}", "Meu CPF é {}.", "Brazilian taxpayer number (CPF): {}"] },
    Id { label: "pii.ca-sin", make: world::ca_sin, alone: false, varies: false, texts: &["SIN {}", "Mon numéro d'assurance sociale est {}.", "social insurance number: {}"] },
    Id { label: "pii.ch-ahv", make: europe::ch_ahv, alone: true, varies: false, texts: &["AHV-Nummer {}", "Mon numéro AVS est {}.", "Swiss social security number: {}"] },
    Id { label: "pii.cl-rut", make: world::cl_rut, alone: false, varies: true, texts: &["RUT {}", "Mi RUT es {}.", "Chilean ID number (RUT): {}"] },
    Id { label: "pii.cn-resident-id", make: world::cn_resident_id, alone: true, varies: false, texts: &["身份证号:{}", "我的身份证号码是{}。", "Chinese ID card number: {}"] },
    Id { label: "pii.co-nit", make: world::co_nit, alone: false, varies: true, texts: &["NIT {}", "Mi NIT es {}.", "Colombian tax number: {}"] },
    Id { label: "pii.cz-birth-number", make: europe::cz_birth_number, alone: false, varies: false, texts: &["rodné číslo {}", "Moje rodné číslo je {}.", "Czech birth number: {}"] },
    Id { label: "pii.de-health-insurance", make: europe::de_health_insurance, alone: false, varies: false, texts: &["KVNR {}", "Meine Versichertennummer ist {}.", "German health insurance number: {}"] },
    Id { label: "pii.de-id-card", make: europe::de_id_card, alone: false, varies: false, texts: &["Personalausweisnummer {}", "Mein Ausweis hat die Nummer {}.", "German identity card: {}"] },
    Id { label: "pii.de-pension-number", make: europe::de_pension_number, alone: true, varies: false, texts: &["Rentenversicherungsnummer {}", "Meine Sozialversicherungsnummer lautet {}.", "German social security number: {}"] },
    Id { label: "pii.de-tax-id", make: europe::de_tax_id, alone: false, varies: false, texts: &["Steuer-ID {}", "Meine Steueridentifikationsnummer ist {}.", "German tax ID: {}"] },
    Id { label: "pii.dk-cpr", make: north::dk_cpr, alone: false, varies: false, texts: &["CPR-nummer {}", "Mit CPR-nr er {}.", "Danish CPR number: {}"] },
    Id { label: "pii.ee-personal-code", make: north::ee_personal_code, alone: false, varies: false, texts: &["Isikukood {}", "Minu isikukood on {}.", "Estonian personal code: {}"] },
    Id { label: "pii.es-dni", make: europe::es_dni, alone: true, varies: false, texts: &["DNI {}", "Mi documento de identidad es el {}.", "Spanish ID number: {}"] },
    Id { label: "pii.fi-hetu", make: north::fi_hetu, alone: true, varies: false, texts: &["Henkilötunnus {}", "Min personbeteckning är {}.", "Finnish personal identity code: {}"] },
    Id { label: "pii.fr-nir", make: europe::fr_nir, alone: true, varies: false, texts: &["numéro de sécurité sociale {}", "Mon NIR est {}.", "French social security number: {}"] },
    Id { label: "pii.gb-nhs", make: europe::gb_nhs, alone: false, varies: false, texts: &["NHS number {}", "The patient's NHS no is {}.", "NHS: {}"] },
    Id { label: "pii.gb-nino", make: europe::gb_nino, alone: true, varies: false, texts: &["National Insurance number {}", "My NI number is {}.", "NINO: {}"] },
    Id { label: "pii.gr-amka", make: europe::gr_amka, alone: false, varies: false, texts: &["ΑΜΚΑ {}", "Ο ΑΜΚΑ μου είναι {}.", "Greek social security number: {}"] },
    Id { label: "pii.hk-id-card", make: world::hk_id_card, alone: true, varies: false, texts: &["HKID {}", "我的身份證號碼是{}。", "Hong Kong identity card: {}"] },
    Id { label: "pii.hr-oib", make: europe::hr_oib, alone: false, varies: false, texts: &["OIB {}", "Moj OIB je {}.", "Croatian tax number: {}"] },
    Id { label: "pii.hu-taj", make: europe::hu_taj, alone: false, varies: false, texts: &["TAJ szám {}", "A TAJ-számom {}.", "Hungarian social security number: {}"] },
    Id { label: "pii.hu-tax-id", make: europe::hu_tax_id, alone: false, varies: false, texts: &["Adóazonosító jel: {}", "Az adóazonosító jelem {}.", "Hungarian tax ID: {}"] },
    Id { label: "pii.id-nik", make: world::id_nik, alone: false, varies: false, texts: &["NIK {}", "Nomor KTP saya {}.", "Indonesian ID number: {}"] },
    Id { label: "pii.ie-pps", make: europe::ie_pps, alone: false, varies: false, texts: &["PPS number {}", "My PPSN is {}.", "personal public service number: {}"] },
    Id { label: "pii.il-id", make: world::il_id, alone: false, varies: false, texts: &["תעודת זהות {}", "My teudat zehut is {}.", "Israeli ID number: {}"] },
    Id { label: "pii.in-aadhaar", make: world::in_aadhaar, alone: false, varies: false, texts: &["Aadhaar {}", "मेरा आधार {} है", "my Aadhaar number is {}."] },
    Id { label: "pii.in-pan", make: world::in_pan, alone: true, varies: false, texts: &["PAN {}", "मेरा पैन {} है", "permanent account number: {}"] },
    Id { label: "pii.is-kennitala", make: north::is_kennitala, alone: false, varies: false, texts: &["Kennitala {}", "Kennitalan mín er {}.", "Icelandic ID number: {}"] },
    Id { label: "pii.it-fiscal-code", make: europe::it_fiscal_code, alone: true, varies: false, texts: &["codice fiscale {}", "Il mio codice fiscale è {}.", "Italian tax code {} here"] },
    Id { label: "pii.jp-my-number", make: world::jp_my_number, alone: false, varies: false, texts: &["マイナンバーは{}です", "個人番号:{}", "My Number (Japan): {}"] },
    Id { label: "pii.kr-rrn", make: world::kr_rrn, alone: false, varies: false, texts: &["주민등록번호 {}", "제 주민번호는 {}입니다", "resident registration number: {}"] },
    Id { label: "pii.lt-personal-code", make: north::lt_personal_code, alone: false, varies: false, texts: &["Asmens kodas {}", "Mano asmens kodas yra {}.", "Lithuanian personal code: {}"] },
    Id { label: "pii.lv-personal-code", make: north::lv_personal_code, alone: false, varies: false, texts: &["Personas kods {}", "Mans personas kods ir {}.", "Latvian personal code: {}"] },
    Id { label: "pii.mx-curp", make: world::mx_curp, alone: true, varies: false, texts: &["CURP {}", "Mi CURP es {}.", "Mexican population code (CURP): {}"] },
    Id { label: "pii.my-nric", make: world::my_nric, alone: false, varies: false, texts: &["MyKad {}", "No. kad pengenalan saya {}.", "Malaysian ID card: {}"] },
    Id { label: "pii.nl-bsn", make: europe::nl_bsn, alone: false, varies: false, texts: &["BSN {}", "Mijn burgerservicenummer is {}.", "Dutch citizen service number: {}"] },
    Id { label: "pii.no-birth-number", make: north::no_birth_number, alone: false, varies: false, texts: &["fødselsnummer {}", "Fødselsnummeret mitt er {}.", "Norwegian national identity number: {}"] },
    Id { label: "pii.nz-ird", make: world::nz_ird, alone: false, varies: true, texts: &["IRD {}", "My IRD number is {}.", "Inland Revenue number: {}"] },
    Id { label: "pii.pl-nip", make: europe::pl_nip, alone: false, varies: false, texts: &["NIP {}", "Mój numer NIP to {}.", "Polish tax number: {}"] },
    Id { label: "pii.pl-pesel", make: europe::pl_pesel, alone: false, varies: false, texts: &["PESEL {}", "Mój numer PESEL to {}.", "Polish ID number: {}"] },
    Id { label: "pii.pt-nif", make: europe::pt_nif, alone: false, varies: false, texts: &["NIF {}", "O meu número de contribuinte é {}.", "Portuguese tax number: {}"] },
    Id { label: "pii.ro-cnp", make: europe::ro_cnp, alone: false, varies: false, texts: &["CNP {}", "CNP-ul meu este {}.", "Romanian personal numeric code: {}"] },
    Id { label: "pii.se-personal-number", make: north::se_personal_number, alone: false, varies: false, texts: &["personnummer {}", "Mitt personnummer är {}.", "Swedish personal identity number: {}"] },
    Id { label: "pii.sg-nric", make: world::sg_nric, alone: true, varies: false, texts: &["NRIC {}", "My FIN is {}.", "Singapore identity card: {}"] },
    Id { label: "pii.si-emso", make: europe::si_emso, alone: false, varies: false, texts: &["EMŠO {}", "Moja EMŠO je {}.", "Slovenian personal number: {}"] },
    Id { label: "pii.th-id", make: world::th_id, alone: false, varies: false, texts: &["เลขประจำตัวประชาชน {}", "บัตรประชาชนของฉัน {}", "Thai ID number: {}"] },
    Id { label: "pii.tr-id", make: world::tr_id, alone: false, varies: false, texts: &["TCKN {}", "Kimlik numaram {}.", "Turkish identity number: {}"] },
    Id { label: "pii.tw-id", make: world::tw_id, alone: false, varies: false, texts: &["身分證字號:{}", "我的身分證是{}。", "Taiwan ID number: {}"] },
    Id { label: "pii.ua-tax-number", make: europe::ua_tax_number, alone: false, varies: false, texts: &["РНОКПП {}", "Мій ІПН {}.", "Ukrainian tax number: {}"] },
    Id { label: "pii.za-id", make: world::za_id, alone: false, varies: false, texts: &["SA ID number {}", "My ID-nommer is {}.", "South African ID number: {}"] },
];
