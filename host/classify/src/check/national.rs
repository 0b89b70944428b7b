//! National ids of persons: their check digits, their dates, and what stands around them.
//!
//! INVARIANT: a number that is a piece of a longer one, an amount or a version is none, whatever its check digit says.
//! How sure a right check digit makes depends on the words beside it: one number in ten has one by chance, so ids of
//! digits alone ask for a word in their files.

mod america;
mod asia_pacific;
mod eastern_europe;
mod northern_europe;
mod place;
mod sums;
mod western_europe;

use serde::Deserialize;

use crate::candidate::Candidate;
use crate::check::Passed;

/// Whose id: the country's code and the id's own name, as in the labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum National {
    ArCuil,
    AtSvnr,
    AuMedicare,
    AuTfn,
    BeNationalNumber,
    BgEgn,
    BrCpf,
    CaSin,
    ChAhv,
    ClRut,
    CnResidentId,
    CoNit,
    CzBirthNumber,
    DeHealthInsurance,
    DeIdCard,
    DePensionNumber,
    DeTaxId,
    DkCpr,
    /// Lithuania's codes are made like Estonia's.
    EePersonalCode,
    EsDni,
    FiHetu,
    FrNir,
    GbNhs,
    GbNino,
    GrAmka,
    HkIdCard,
    HrOib,
    HuTaj,
    HuTaxId,
    IdNik,
    IePps,
    IlId,
    InAadhaar,
    InPan,
    IsKennitala,
    ItFiscalCode,
    JpMyNumber,
    KrRrn,
    LvPersonalCode,
    MxCurp,
    MyNric,
    NlBsn,
    NoBirthNumber,
    NzIrd,
    PlNip,
    PlPesel,
    PtNif,
    RoCnp,
    SePersonalNumber,
    SgNric,
    SiEmso,
    ThId,
    TrId,
    TwId,
    UaTaxNumber,
    ZaId,
}

/// Beside a right date a check digit that is not right says less: some countries no longer give out numbers with one.
const WITHOUT_SUM: f32 = 0.85;

impl National {
    /// Whether it is an id, with the letters that belong to it taken along.
    pub(crate) fn pass(self, candidate: Candidate<'_>) -> Option<Passed> {
        let (before, after) = self.letters();
        let found = place::grown(candidate, before, after);
        if place::joined(found) || !place::uniform(found.value()) {
            return None;
        }
        let signs: String = found.value().chars().filter(char::is_ascii_alphanumeric).collect();
        let signs = signs.to_ascii_uppercase();
        let factor = self.judge(&signs)?;
        Some(Passed { factor, ..Passed::whole(found) })
    }

    /// How many letters stand before and behind the digits that the pattern finds.
    fn letters(self) -> (usize, usize) {
        match self {
            Self::EsDni => (1, 1),
            Self::SgNric => (1, 1),
            Self::DeHealthInsurance | Self::TwId => (1, 0),
            Self::IePps => (0, 2),
            Self::ClRut | Self::CnResidentId => (0, 1),
            _ => (0, 0),
        }
    }

    /// What its confidence is multiplied with, if `signs` (digits and capital letters) are one.
    fn judge(self, signs: &str) -> Option<f32> {
        let digits: Vec<u32> = signs.chars().filter_map(|sign| sign.to_digit(10)).collect();
        let digits = digits.as_slice();
        let valid = match self {
            Self::ArCuil => america::ar_cuil(digits),
            Self::AtSvnr => western_europe::at_svnr(digits),
            Self::AuMedicare => asia_pacific::au_medicare(digits),
            Self::AuTfn => asia_pacific::au_tfn(digits),
            Self::BeNationalNumber => western_europe::be_national_number(digits),
            Self::BgEgn => eastern_europe::bg_egn(digits),
            Self::BrCpf => america::br_cpf(digits),
            Self::CaSin => america::ca_sin(digits),
            Self::ChAhv => western_europe::ch_ahv(digits),
            Self::ClRut => america::cl_rut(signs),
            Self::CnResidentId => asia_pacific::cn_resident_id(signs),
            Self::CoNit => america::co_nit(digits),
            Self::CzBirthNumber => eastern_europe::cz_birth_number(digits),
            Self::DeHealthInsurance => western_europe::de_health_insurance(signs),
            Self::DeIdCard => western_europe::de_id_card(signs),
            Self::DePensionNumber => western_europe::de_pension_number(signs),
            Self::DeTaxId => western_europe::de_tax_id(digits),
            Self::DkCpr => return northern_europe::dk_cpr(digits, WITHOUT_SUM),
            Self::EePersonalCode => northern_europe::ee_personal_code(digits),
            Self::EsDni => western_europe::es_dni(signs),
            Self::FiHetu => northern_europe::fi_hetu(signs),
            Self::FrNir => western_europe::fr_nir(signs),
            Self::GbNhs => western_europe::gb_nhs(digits),
            Self::GbNino => western_europe::gb_nino(signs),
            Self::GrAmka => eastern_europe::gr_amka(digits),
            Self::HkIdCard => asia_pacific::hk_id_card(signs),
            Self::HrOib => eastern_europe::hr_oib(digits),
            Self::HuTaj => eastern_europe::hu_taj(digits),
            Self::HuTaxId => eastern_europe::hu_tax_id(digits),
            Self::IdNik => asia_pacific::id_nik(digits),
            Self::IePps => western_europe::ie_pps(signs),
            Self::IlId => asia_pacific::il_id(digits),
            Self::InAadhaar => asia_pacific::in_aadhaar(digits),
            Self::InPan => asia_pacific::in_pan(signs),
            Self::IsKennitala => northern_europe::is_kennitala(digits),
            Self::ItFiscalCode => western_europe::it_fiscal_code(signs),
            Self::JpMyNumber => asia_pacific::jp_my_number(digits),
            Self::KrRrn => return asia_pacific::kr_rrn(digits, WITHOUT_SUM),
            Self::LvPersonalCode => northern_europe::lv_personal_code(digits),
            Self::MxCurp => america::mx_curp(signs),
            Self::MyNric => asia_pacific::my_nric(digits),
            Self::NlBsn => western_europe::nl_bsn(digits),
            Self::NoBirthNumber => northern_europe::no_birth_number(digits),
            Self::NzIrd => asia_pacific::nz_ird(digits),
            Self::PlNip => eastern_europe::pl_nip(digits),
            Self::PlPesel => eastern_europe::pl_pesel(digits),
            Self::PtNif => western_europe::pt_nif(digits),
            Self::RoCnp => eastern_europe::ro_cnp(digits),
            Self::SePersonalNumber => northern_europe::se_personal_number(digits),
            Self::SgNric => asia_pacific::sg_nric(signs),
            Self::SiEmso => eastern_europe::si_emso(digits),
            Self::ThId => asia_pacific::th_id(digits),
            Self::TrId => asia_pacific::tr_id(digits),
            Self::TwId => asia_pacific::tw_id(signs),
            Self::UaTaxNumber => eastern_europe::ua_tax_number(digits),
            Self::ZaId => asia_pacific::za_id(digits),
        };
        (valid && !sums::equal(digits)).then_some(1.0)
    }
}
