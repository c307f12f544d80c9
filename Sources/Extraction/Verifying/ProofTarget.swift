/// Takes members to be compared with what is known of them, and keeps nothing.
struct ProofTarget: RestoreTarget {
    let outcome = RestoredMember.Outcome.verified
    let readsObjects: Bool
    var readsSources: Bool { readsObjects }

    func claim(_ member: FoundMember) -> RestorePlace { RestorePlace(text: member.name) }

    func makeFolder(_ place: RestorePlace) {}

    func sink(_ member: FoundMember, _ place: RestorePlace) -> any MemberSink { Nowhere() }

    private final class Nowhere: MemberSink {
        func write(_ bytes: ArraySlice<UInt8>) {}
        func commit() -> Bool { true }
        func discard() {}
    }
}
