import PropertyTesting

extension BinarySearchTree {
    static func properties(keys: FaultyProperties.Keys) -> [FaultyProperty] { insertions(keys) + deletions(keys) + unions(keys) }

    private struct Insertion: Sendable {
        var tree: BinarySearchTree
        var first: Entry
        var second: Entry
    }

    private struct Deletion: Sendable {
        var tree: BinarySearchTree
        var first: Int
        var second: Int
    }

    private struct Union: Sendable {
        var left: BinarySearchTree
        var right: BinarySearchTree
        var key: Int
    }

    private static func insertions(_ keys: FaultyProperties.Keys) -> [FaultyProperty] {
        let one: @Sendable (Draws) -> Insertion = { draws in
            let entry = Entry(key: draws.key(keys), value: draws.int())
            return Insertion(tree: BinarySearchTree(draws.entries(keys)), first: entry, second: entry)
        }
        // The key that is looked up afterwards is drawn on its own.
        let looked: @Sendable (Draws) -> (Insertion, Int) = { draws in (one(draws), draws.key(keys)) }
        let two: @Sendable (Draws) -> Insertion = { draws in
            let first = Entry(key: draws.key(keys), value: draws.int())
            let second = Entry(key: draws.key(keys), value: draws.int())
            return Insertion(tree: BinarySearchTree(draws.entries(keys)), first: first, second: second)
        }
        return [
            FaultyProperty("bst", "InsertModel", noticing: [Fault.insert1, .insert2, .insert3], generate: one) { sample, fault in
                sample.tree.inserting(sample.first, fault: fault).entries == Model.inserting(sample.first, into: sample.tree.entries)
            },
            FaultyProperty("bst", "InsertPost", noticing: [Fault.insert1, .insert2, .insert3], generate: looked) { sample, fault in
                let (insertion, key) = sample
                let expected = key == insertion.first.key ? insertion.first.value : insertion.tree.find(key)
                return insertion.tree.inserting(insertion.first, fault: fault).find(key) == expected
            },
            FaultyProperty("bst", "InsertInsert", noticing: [Fault.insert1, .insert2, .insert3], generate: two) { sample, fault in
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
            Deletion(tree: BinarySearchTree(draws.entries(keys)), first: draws.key(keys), second: draws.key(keys))
        }
        return [
            FaultyProperty("bst", "DeleteModel", noticing: [Fault.delete4, .delete5], generate: two) { sample, fault in
                sample.tree.deleting(sample.first, fault: fault).entries == Model.deleting(sample.first, from: sample.tree.entries)
            },
            FaultyProperty("bst", "DeletePost", noticing: [Fault.delete4, .delete5], generate: two) { sample, fault in
                sample.tree.deleting(sample.first, fault: fault).find(sample.second)
                    == (sample.first == sample.second ? nil : sample.tree.find(sample.second))
            },
            FaultyProperty("bst", "DeleteDelete", noticing: [Fault.delete4, .delete5], generate: two) { sample, fault in
                sample.tree.deleting(sample.second, fault: fault).deleting(sample.first, fault: fault).entries
                    == sample.tree.deleting(sample.first, fault: fault).deleting(sample.second, fault: fault).entries
            },
        ]
    }

    private static func unions(_ keys: FaultyProperties.Keys) -> [FaultyProperty] {
        let two: @Sendable (Draws) -> Union = { draws in
            Union(left: BinarySearchTree(draws.entries(keys)), right: BinarySearchTree(draws.entries(keys)), key: draws.key(keys))
        }
        return [
            FaultyProperty("bst", "UnionValid", noticing: [Fault.union6, .union7], generate: two) { sample, fault in
                sample.left.union(sample.right, fault: fault).isOrdered
            },
            FaultyProperty("bst", "UnionModel", noticing: [Fault.union6, .union7, .union8], generate: two) { sample, fault in
                sample.left.union(sample.right, fault: fault).entries == Model.union(sample.left.entries, sample.right.entries)
            },
            FaultyProperty("bst", "UnionPost", noticing: [Fault.union6, .union7, .union8], generate: two) { sample, fault in
                sample.left.union(sample.right, fault: fault).find(sample.key)
                    == (sample.left.find(sample.key) ?? sample.right.find(sample.key))
            },
        ]
    }
}
