/// The ledgers of the lots that a worker has to do with; those that it has not used for long are opened anew.
actor Ledgers {
    /// How many are kept open.
    private static let limit = 1024

    nonisolated let clock: WorkClock
    nonisolated let worker: String
    private var open: [Lot: (ledger: ClaimLedger, used: Int)] = [:]
    private var uses = 0

    init(worker: String, clock: WorkClock) {
        self.worker = worker
        self.clock = clock
    }

    /// The ledger of a lot.
    func ledger(of lot: Lot, _ actions: WorkActions) throws -> ClaimLedger {
        uses += 1
        if let found = open[lot]?.ledger {
            open[lot]?.used = uses
            return found
        }
        if open.count >= Self.limit, let oldest = open.min(by: { $0.value.used < $1.value.used })?.key {
            open[oldest] = nil
        }
        let ledger = ClaimLedger(of: lot, in: try actions.claims(lot.settings), worker: worker, clock: clock)
        open[lot] = (ledger, uses)
        return ledger
    }
}
