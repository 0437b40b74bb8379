//! The one table of models. The site's controls, links, the command line, the lesson checker and the
//! tests over every model read it; nothing else lists models or their hyperparameters.

use super::Entry;

/// Every model, in the order of the tour and then of the ladder that follows it.
pub const REGISTRY: &[Entry] = &[
    super::baseline::ENTRY,
    super::svd::ENTRY,
    super::als::ENTRY,
    super::svdpp::ENTRY,
    super::knn::ITEMS,
    super::knn::USERS,
    super::interpolated::ENTRY,
    super::neighborhood::ENTRY,
    super::truncated_svd::ENTRY,
    super::nsvd::ENTRY,
    super::asymmetric::ENTRY,
    super::integrated::ENTRY,
    super::nmf::ENTRY,
    super::pmf::ENTRY,
    super::bpmf::ENTRY,
    super::attributes::ENTRY,
    super::timesvd::ENTRY,
    super::timesvdpp::ENTRY,
    super::confidence::ENTRY,
    super::implicit_als::ENTRY,
];

/// The entry with this id.
pub fn entry(id: &str) -> Option<&'static Entry> {
    REGISTRY.iter().find(|entry| entry.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_hyperparameter_of_a_model_has_a_help_text_of_its_own() {
        for entry in REGISTRY {
            for (n, one) in entry.hyperparameters.iter().enumerate() {
                let twin = entry.hyperparameters[..n].iter().find(|other| other.help == one.help);
                assert!(
                    twin.is_none(),
                    "{}: {} and {:?}",
                    entry.id,
                    one.name,
                    twin.map(|h| h.name)
                );
            }
        }
    }

    #[test]
    fn every_id_stands_once() {
        for (n, entry) in REGISTRY.iter().enumerate() {
            assert!(REGISTRY[..n].iter().all(|other| other.id != entry.id), "{}", entry.id);
        }
    }
}
