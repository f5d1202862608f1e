import PropertyTesting

extension RedBlackTree {
    static func properties(keys: FaultyProperties.Keys) -> [FaultyProperty] { insertions(keys) + deletions(keys) }

    private struct Insertion: Sendable {
        var tree: RedBlackTree
        var first: Entry
        var second: Entry
    }

    private struct Deletion: Sendable {
        var tree: RedBlackTree
        var first: Int
        var second: Int
    }

    private static func insertions(_ keys: FaultyProperties.Keys) -> [FaultyProperty] {
        let two: @Sendable (Draws) -> Insertion = { draws in
            let first = Entry(key: draws.key(keys), value: draws.int())
            let second = Entry(key: draws.key(keys), value: draws.int())
            return Insertion(tree: RedBlackTree(draws.entries(keys)), first: first, second: second)
        }
        return [
            FaultyProperty(
                "rbt", "InsertValid", noticing: [Fault.miscolourInsert, .noBalanceInsert1, .noBalanceInsert2, .swapCD, .swapBC],
                generate: two
            ) { sample, fault in
                sample.tree.inserting(sample.first, fault: fault).isValid
            },
            FaultyProperty("rbt", "InsertModel", noticing: [Fault.insert1, .insert2, .insert3, .swapCD, .swapBC], generate: two) {
                sample, fault in
                sample.tree.inserting(sample.first, fault: fault).entries == Model.inserting(sample.first, into: sample.tree.entries)
            },
            FaultyProperty("rbt", "InsertPost", noticing: [Fault.insert1, .insert2, .insert3, .swapCD, .swapBC], generate: two) {
                sample, fault in
                let (tree, entry, key) = (sample.tree, sample.first, sample.second.key)
                return tree.inserting(entry, fault: fault).find(key) == (key == entry.key ? entry.value : tree.find(key))
            },
            FaultyProperty("rbt", "InsertInsert", noticing: [Fault.insert1, .insert2, .insert3], generate: two) { sample, fault in
                let (tree, first, second) = (sample.tree, sample.first, sample.second)
                let both = tree.inserting(second, fault: fault).inserting(first, fault: fault)
                let turned =
                    first.key == second.key
                    ? tree.inserting(first, fault: fault) : tree.inserting(first, fault: fault).inserting(second, fault: fault)
                return both.entries == turned.entries
            },
        ]
    }

    private static func deletions(_ keys: FaultyProperties.Keys) -> [FaultyProperty] {
        let two: @Sendable (Draws) -> Deletion = { draws in
            Deletion(tree: RedBlackTree(draws.entries(keys)), first: draws.key(keys), second: draws.key(keys))
        }
        return [
            FaultyProperty(
                "rbt", "DeleteValid",
                noticing: [
                    Fault.miscolourDelete, .miscolourBalanceLeft, .miscolourBalanceRight, .miscolourJoin1, .miscolourJoin2,
                    .swapCD, .swapBC,
                ],
                generate: two
            ) { sample, fault in
                sample.tree.deleting(sample.first, fault: fault).isValid
            },
            FaultyProperty("rbt", "DeleteModel", noticing: [Fault.delete4, .delete5], generate: two) { sample, fault in
                sample.tree.deleting(sample.first, fault: fault).entries == Model.deleting(sample.first, from: sample.tree.entries)
            },
            FaultyProperty("rbt", "DeletePost", noticing: [Fault.delete4, .delete5], generate: two) { sample, fault in
                sample.tree.deleting(sample.first, fault: fault).find(sample.second)
                    == (sample.first == sample.second ? nil : sample.tree.find(sample.second))
            },
            FaultyProperty("rbt", "DeleteDelete", noticing: [Fault.delete4, .delete5], generate: two) { sample, fault in
                sample.tree.deleting(sample.second, fault: fault).deleting(sample.first, fault: fault).entries
                    == sample.tree.deleting(sample.first, fault: fault).deleting(sample.second, fault: fault).entries
            },
        ]
    }
}
