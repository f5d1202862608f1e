import Fuzzing
import PropertyTesting

/// Typed bugs that the search was not made with: what it is judged by.
enum TypedBugsOfOtherShapes {
    static let targets: [FuzzTarget] = [
        FuzzTarget(
            "equal-names", drawing: { (owner: $0.text(0...10), user: $0.text(0...10)) },
            { names in
                if names.owner.count > 3, names.owner == names.user { throw FuzzFailure("an owner who is the user is refused") }
            }),
        FuzzTarget(
            "leap-day", drawing: { (year: $0.int(in: 1900...2100), month: $0.int(in: 1...12), day: $0.int(in: 1...31)) },
            { date in
                if date.year % 100 == 0, date.year % 400 != 0, date.month == 2, date.day == 29 { throw FuzzFailure("no such day") }
            }),
        FuzzTarget(
            "hexadecimal-key", drawing: { $0.text(8...8, alphabet: Array("FEDCBA9876543210")) },
            { key in
                if key == "DEADBEEF" { throw FuzzFailure("the key of the tests opens the vault") }
            }),
        FuzzTarget(
            "exact-sum", drawing: { $0.array(0...12) { $0.int(in: 0...10_000) } },
            { amounts in
                var sum = 0
                for amount in amounts { sum += amount }
                if amounts.count == 5, sum == 42_424 { throw FuzzFailure("five amounts of that sum are rounded") }
            }),
        FuzzTarget("account", machine: Account.machine),
        FuzzTarget(
            "lost-update", drawing: { $0.array(2...4) { $0.int(in: 1...9) } },
            { amounts in
                let purse = Purse()
                await withTaskGroup(of: Void.self) { group in for amount in amounts { group.addTask { await purse.add(amount) } } }
                try expect(await purse.total == amounts.reduce(0, +), "an amount is lost")
            }),
        FuzzTarget("trapping-account", machine: Account.trappingMachine),
    ]
}

actor Purse {
    private(set) var total = 0

    func add(_ amount: Int) async {
        let before = total
        if amount == 7 { await Task.yield() }
        total = before + amount
    }
}

struct Account {
    var balance = 0
    var isFrozen = false

    @Sendable static func machine() -> StateMachine<Account> { machine { throw FuzzFailure("a frozen account pays") } }

    @Sendable static func trappingMachine() -> StateMachine<Account> { machine { fatalError("a frozen account pays") } }

    private static func machine(_ fault: @escaping () throws -> Void) -> StateMachine<Account> {
        var machine = StateMachine { Account() }
        machine.rule("account.deposit") { step in
            step.argument { $0.int(in: 1...1000) }
        } acts: { account, amount, _ in
            account.balance += amount
        }
        machine.rule("account.freeze") { account, _ in
            if account.balance > 900 { account.isFrozen = true }
        }
        machine.rule("account.withdraw") { step in
            step.argument { $0.int(in: 1...1000) }
        } acts: { account, amount, _ in
            guard account.balance >= amount else { return }
            account.balance -= amount
            if account.isFrozen, account.balance == 13 { try fault() }
        }
        machine.fingerprint { account, print in
            print.combine(account.isFrozen)
            print.combine(account.balance / 250)
        }
        return machine
    }
}
