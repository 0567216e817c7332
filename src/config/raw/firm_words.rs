//! The settings of a firm file that are one of some words.

use super::words;

words! {
    /// `firm.status`.
    RawStatus {
        /// Nothing runs by itself.
        Inactive = "inactive",
        /// Runs by its schedule.
        Active = "active",
    }
}

words! {
    /// `portal.drift`.
    RawDrift {
        /// Say it.
        Report = "report",
        /// Put it right.
        Correct = "correct",
    }
}

words! {
    /// `cases.import`.
    RawImport {
        /// Every case in scope.
        All = "all",
        /// Only cases asked for, or already linked.
        Selected = "selected",
    }
}

words! {
    /// A phone in MyCase.
    RawPhone {
        /// Cell phone.
        Cell = "cell",
        /// Home phone.
        Home = "home",
        /// Work phone: often shared, so it gives a warning.
        Work = "work",
    }
}

words! {
    /// `clients.shared_phone`.
    RawSharedPhone {
        /// Both cases need attention.
        Attention = "attention",
        /// It is sent.
        Allow = "allow",
    }
}

words! {
    /// `clients.company_cases`.
    RawCompanyCases {
        /// The case needs attention.
        Attention = "attention",
        /// The billing contact is the client.
        BillingContact = "billing-contact",
    }
}

words! {
    /// A flag of MyCase.
    RawLead {
        /// The lead attorney.
        LeadLawyer = "lead_lawyer",
        /// Who brought the case.
        OriginatingLawyer = "originating_lawyer",
    }
}

words! {
    /// `closure.closed`.
    RawClosed {
        /// Close it in the portal.
        Close = "close",
        /// Leave it.
        Ignore = "ignore",
    }
}

words! {
    /// `closure.reopened`.
    RawReopened {
        /// Open it in the portal.
        Reopen = "reopen",
        /// Leave it.
        Ignore = "ignore",
    }
}

words! {
    /// `closure.deleted`.
    RawDeleted {
        /// Say it.
        Report = "report",
        /// Close it in the portal.
        Close = "close",
        /// Leave it.
        Ignore = "ignore",
    }
}

words! {
    /// `closure.out_of_scope`.
    RawOutOfScope {
        /// Say it.
        Report = "report",
        /// Close it in the portal.
        Close = "close",
    }
}

words! {
    /// For names that the map does not have.
    RawNotInMap {
        /// The portal's name is MyCase's; with [portal.stages] only a name listed there.
        SameName = "same-name",
        /// The case needs attention.
        Attention = "attention",
        /// The portal's value stays.
        Keep = "keep",
    }
}

words! {
    /// `documents.closed_cases`.
    RawClosedCases {
        /// They are carried.
        Carry = "carry",
        /// The case needs attention.
        Attention = "attention",
    }
}

words! {
    /// `limits.first_import`.
    RawFirstImport {
        /// Waits for one yes.
        Approve = "approve",
        /// Does not wait.
        Go = "go",
    }
}
