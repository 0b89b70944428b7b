//! Every text of the card and the popup, by the key it has in `_locales/*/messages.json`.
//!
//! INVARIANT: the list below and the messages of every locale are the same set (tested), so a key that is used
//! exists in every language. The texts themselves are data and live nowhere in code.

/// Something to read: a text of ours, somebody else's words, or a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// A text of ours with what fills its placeholders.
    Ours(Key, Vec<Fill>),
    /// Words that came with the model: a policy's message, a mask, a version.
    Given(String),
    /// A number, written as the reader's language writes it.
    Number(u64),
}

/// What fills a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fill {
    /// A name.
    Name(String),
    /// A number, written as the reader's language writes it.
    Number(u64),
    /// A duration in seconds, written as the reader's language writes it.
    Seconds(u64),
}

impl Words {
    /// A text of ours with one placeholder.
    pub(crate) fn with(key: Key, fill: Fill) -> Self {
        Self::Ours(key, vec![fill])
    }
}

impl From<Key> for Words {
    fn from(key: Key) -> Self {
        Self::Ours(key, Vec::new())
    }
}

macro_rules! keys {
    ($($variant:ident $name:literal $fills:literal,)*) => {
        /// A text of ours.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Key { $($variant,)* }

        impl Key {
            /// The name in `messages.json`.
            pub(crate) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Every key with the number of its placeholders.
            #[cfg(test)]
            pub(crate) const ALL: &'static [(Self, usize)] = &[$((Self::$variant, $fills),)*];
        }
    };
}

keys! {
    Language "language" 0,
    Direction "direction" 0,

    TitleTip "title_tip" 0,
    TitleWarn "title_warn" 0,
    TitleJustify "title_justify" 0,
    TitleRedact "title_redact" 0,
    TitleBlock "title_block" 0,
    TitleUnchecked "title_unchecked" 0,
    TitleAgain "title_again" 0,
    TitleChecking "title_checking" 0,
    CheckingPart "checking_part" 1,

    AskMessage "ask_message" 1,
    AskFile "ask_file" 1,
    AskShare "ask_share" 1,
    AskOther "ask_other" 1,
    HeldForCode "held_for_code" 1,
    RefusedMessage "refused_message" 1,
    RefusedFile "refused_file" 1,
    RefusedShare "refused_share" 1,
    RefusedOther "refused_other" 1,
    AgainState "again_state" 1,
    SentMessage "sent_message" 1,
    SentFile "sent_file" 1,
    SentShare "sent_share" 1,
    SentOther "sent_other" 1,

    WhyCoach "why_coach" 0,
    WhyWarn "why_warn" 0,
    WhyJustify "why_justify" 0,
    WhyRedact "why_redact" 0,
    WhyBlock "why_block" 0,
    WhyAgain "why_again" 0,
    FaultUnread "fault_unread" 0,
    FaultFile "fault_file" 0,
    FaultOversize "fault_oversize" 0,
    FaultDeadline "fault_deadline" 0,
    FaultUnreachable "fault_unreachable" 0,
    FaultEdit "fault_edit" 0,
    FaultExpired "fault_expired" 0,
    FaultUncovered "fault_uncovered" 0,
    FaultInside "fault_inside" 1,
    LearnMore "learn_more" 0,

    Found "found" 0,
    FoundTimes "found_times" 1,
    FoundMore "found_more" 1,
    PlaceLine "place_line" 1,
    PlacePage "place_page" 1,
    PlaceParagraph "place_paragraph" 1,
    PlaceSlide "place_slide" 1,
    PlaceBlock "place_block" 1,
    PlaceAbout "place_about" 0,
    FilesUnread "files_unread" 0,
    FileEncrypted "file_encrypted" 0,
    FileDamaged "file_damaged" 0,
    FileFormat "file_format" 0,
    FilePicture "file_picture" 0,
    FileTooLarge "file_too_large" 0,
    FileExhausted "file_exhausted" 0,
    FileMissing "file_missing" 0,
    FileOther "file_other" 0,
    LabelEmail "label_email" 0,
    LabelPhone "label_phone" 0,
    LabelIban "label_iban" 0,
    LabelPaymentCard "label_payment_card" 0,
    LabelUsSsn "label_us_ssn" 0,
    LabelPersonal "label_personal" 0,
    LabelPrivate "label_private_key" 0,
    LabelPassword "label_password" 0,
    LabelSecretOf "label_secret_of" 1,
    LabelSecret "label_secret" 0,
    LabelOther "label_other" 0,

    AnswerRedact "answer_redact" 0,
    AnswerEdit "answer_edit" 0,
    AnswerHold "answer_hold" 0,
    AnswerRemove "answer_remove" 0,
    RemoveHow "remove_how" 0,
    AnswerJustify "answer_justify" 0,
    AnswerSend "answer_send" 0,
    AnswerBack "answer_back" 0,
    AnswerClose "answer_close" 0,
    RedactHow "redact_how" 0,
    ReasonLabel "reason_label" 0,
    ReasonHint "reason_hint" 0,
    ReasonNeeded "reason_needed" 0,
    Until "until" 1,
    Working "working" 0,
    Reconnecting "reconnecting" 0,
    NotTaken "not_taken" 0,
    NotSeen "not_seen" 0,
    CodeOpen "code_open" 0,
    CodeLabel "code_label" 0,
    CodeHint "code_hint" 0,
    AnswerCode "answer_code" 0,
    CodeNeeded "code_needed" 0,
    CodeUnreadable "code_unreadable" 0,
    CodeNotSigned "code_not_signed" 0,
    CodeOtherPerson "code_other_person" 0,
    CodeOtherMatter "code_other_matter" 0,
    CodeExpired "code_expired" 0,
    CodeUsed "code_used" 0,
    CodeOther "code_other" 0,
    Report "report" 0,
    Reported "reported" 0,

    HintCoach "hint_coach" 1,
    HintAsk "hint_ask" 1,
    HintRedact "hint_redact" 1,
    HintBlock "hint_block" 1,

    GateTitle "gate_title" 1,
    GateChecking "gate_checking" 0,
    GateRefused "gate_refused" 1,
    GateGone "gate_gone" 0,
    GateAgain "gate_again" 0,
    GateAsked "gate_asked" 0,
    GateOpen "gate_open" 1,

    WhoOrganisation "who_organisation" 0,
    WhoBuiltin "who_builtin" 0,
    WhoFile "who_file" 0,
    Trial "trial" 0,

    StateProtected "state_protected" 0,
    StateTrial "state_trial" 0,
    StatePaused "state_paused" 0,
    StateWaiting "state_waiting" 0,
    StateConnecting "state_connecting" 0,
    StateUnconnected "state_unconnected" 0,
    StateSites "state_sites" 0,
    AboutProtected "about_protected" 0,
    AboutWatching "about_watching" 0,
    AboutTrial "about_trial" 0,
    AboutPaused "about_paused" 0,
    AboutWaiting "about_waiting" 0,
    AboutConnecting "about_connecting" 0,
    AboutMissing "about_missing" 0,
    AboutLost "about_lost" 0,
    AboutVersion "about_version" 0,
    AboutSites "about_sites" 0,
    WithoutAllow "without_allow" 0,
    WithoutWarn "without_warn" 0,
    WithoutBlock "without_block" 0,
    RowHost "row_host" 0,
    RowExtension "row_extension" 0,
    RowPolicy "row_policy" 0,
    RowNamed "row_named" 0,
    RowRows "row_rows" 0,
    RowDrift "row_drift" 0,
    RowUncovered "row_uncovered" 0,
    RowLate "row_late" 0,
    HostVersion "host_version" 1,
    PolicyMonitor "policy_monitor" 0,
    PolicyEnforce "policy_enforce" 0,
    PolicyFile "policy_file" 0,
    PolicyBundle "policy_bundle" 0,
    PolicyNone "policy_none" 0,
    PolicyNamed "policy_named" 2,
    Notes "notes" 0,
    NoteStale "note_stale" 0,
    NoteUnsigned "note_unsigned" 0,
    NoteRefused "note_refused" 0,
    NoteKept "note_kept" 0,
    BundleSignature "bundle_signature" 0,
    BundleChanged "bundle_changed" 0,
    BundleOlder "bundle_older" 0,
    BundleExpired "bundle_expired" 0,
    BundleAudience "bundle_audience" 0,
    BundleAgent "bundle_agent" 0,
    BundleContent "bundle_content" 0,
    Person "person" 0,
    PersonIs "person_is" 1,
    PersonUnknown "person_unknown" 0,
    PersonNotEnrolled "person_not_enrolled" 0,
    PersonProveAgain "person_prove_again" 0,
    PersonWaiting "person_waiting" 0,
    SignIn "sign_in" 0,
    Enrol "enrol" 0,
    ProveAgain "prove_again" 0,
    RowPreview "row_preview" 0,
    PreviewOff "preview_off" 0,
    PreviewPaste "preview_paste" 0,
    PreviewTyping "preview_typing" 0,
    Fix "fix" 0,
    FixInstall "fix_install" 0,
    FixDoctor "fix_doctor" 0,
    FixDrift "fix_drift" 0,
    FixUncovered "fix_uncovered" 0,
    CheckAgain "check_again" 0,
    AllowSites "allow_sites" 0,
    Recorded "recorded" 0,
    RecordedEach "recorded_each" 0,
    RecordedFull "recorded_full" 0,
    RecordedMatches "recorded_matches" 0,
    RecordedMasked "recorded_masked" 0,
    RecordedMetadata "recorded_metadata" 0,
    RecordedKeyHere "recorded_key_here" 0,
    RecordedKeyOrganisation "recorded_key_organisation" 0,
    RecordedElse "recorded_else" 0,
    RecordedPreviewPaste "recorded_preview_paste" 0,
    RecordedPreviewTyping "recorded_preview_typing" 0,
}
