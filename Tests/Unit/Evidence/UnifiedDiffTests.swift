import Evidence
import StrictDocuments
import Testing

@Suite struct UnifiedDiffTests {
    private func parse(_ text: String) throws -> ChangedLines { try UnifiedDiff.parse(Array(text.utf8)) }

    private func refusal(_ text: String) -> DocumentError.Kind? {
        do throws(DocumentError) {
            _ = try UnifiedDiff.parse(Array(text.utf8))
            return nil
        } catch { return error.kind }
    }

    static let modified = """
        diff --git a/Sources/A.swift b/Sources/A.swift
        index 1111111..2222222 100644
        --- a/Sources/A.swift
        +++ b/Sources/A.swift
        @@ -3 +3,2 @@ func f() {
        -old
        +new
        +newer
        @@ -10,2 +11,0 @@
        -gone
        -gone
        @@ -20,0 +20 @@
        +last
        \\ No newline at end of file

        """

    @Test("added and altered lines are the lines of the new file")
    func ranges() throws {
        let file = try #require(try parse(Self.modified)["Sources/A.swift"])
        #expect(file.ranges == [3...4, 20...20])
        #expect(file.removedLines == 3)
        #expect(file.addedLines == 3)
        #expect([2, 3, 4, 5, 19, 20, 21].map(file.contains(line:)) == [false, true, true, false, false, true, false])
    }

    @Test("context lines move the count and are not new")
    func context() throws {
        let file = try parse("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,3 +1,4 @@\n a\n+b\n+c\n-d\n e\n").files.first
        #expect(file?.ranges == [2...3])
    }

    @Test("new, deleted, renamed and binary files, modes and submodules")
    func kinds() throws {
        let changes = try parse(
            """
            diff --git a/new b/new
            new file mode 100644
            index 0000000..1111111
            --- /dev/null
            +++ b/new
            @@ -0,0 +1 @@
            +x
            diff --git a/empty b/empty
            new file mode 100644
            index 0000000..e69de29
            diff --git a/old b/old
            deleted file mode 100644
            index 1111111..0000000
            --- a/old
            +++ /dev/null
            @@ -1 +0,0 @@
            -x
            diff --git a/before name b/after name
            similarity index 100%
            rename from before name
            rename to after name
            diff --git a/logo.png b/logo.png
            index 1111111..2222222 100644
            Binary files a/logo.png and b/logo.png differ
            diff --git a/tool.sh b/tool.sh
            old mode 100644
            new mode 100755
            diff --git a/Vendor/x b/Vendor/x
            index 1111111..2222222 160000
            --- a/Vendor/x
            +++ b/Vendor/x
            @@ -1 +1 @@
            -Subproject commit 1111111111111111111111111111111111111111
            +Subproject commit 2222222222222222222222222222222222222222

            """)
        #expect(changes["new"]?.change == .added)
        #expect(changes["new"]?.ranges == [1...1])
        #expect(changes["empty"]?.change == .added)
        #expect(changes["old"]?.change == .deleted)
        #expect(changes["after name"]?.change == .renamed)
        #expect(changes["after name"]?.oldPath == "before name")
        #expect(changes["logo.png"]?.isBinary == true)
        #expect(changes["tool.sh"]?.ranges == [])
        #expect(changes["Vendor/x"]?.isSubmodule == true)
        #expect(changes["nowhere"] == nil)
    }

    @Test("paths in quotes are unescaped byte by byte")
    func quotedPaths() throws {
        let changes = try parse(
            "diff --git \"a/\\303\\251 \\\"q\\\".swift\" \"b/\\303\\251 \\\"q\\\".swift\"\n"
                + "--- \"a/\\303\\251 \\\"q\\\".swift\"\n+++ \"b/\\303\\251 \\\"q\\\".swift\"\n@@ -1 +1 @@\n-a\n+b\n"
                + "diff --git a/with blank b/with blank\n--- a/with blank\t\n+++ b/with blank\t\n@@ -1 +1 @@\n-a\n+b\n")
        #expect(changes.files.map(\.path) == ["with blank", "é \"q\".swift"])
    }

    @Test("content that looks like headers stays content, and CRLF content is kept apart from line ends")
    func content() throws {
        let changes = try parse(
            "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a/y\r\n-@@ -1 +1 @@\n+++ b/y\r\n+diff --git a/z b/z\n")
        #expect(changes.files.map(\.path) == ["x"])
        #expect(changes["x"]?.ranges == [1...2])
    }

    @Test("an empty diff says that nothing changed")
    func nothing() throws { #expect(try parse("").files.isEmpty) }

    @Test(
        "what is cut short or edited is refused",
        arguments: [
            ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,3 @@\n-a\n+b\n", DocumentError.Kind.truncated),
            ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b", .truncated),
            ("diff --git a/x b/x\n--- a/x\n+++ b/x\n", .truncated), ("diff --git a/x b/x\n--- a/x\n", .truncated),
            ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n+c\n", .contradiction),
            ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+b\ndiff --git a/y b/y\n", .truncated),
            ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +5 @@\n-a\n+b\n@@ -9 +3 @@\n-a\n+b\n", .badValue),
            ("diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b\n", .syntax), ("hello\n", .syntax), ("diff --cc x\n", .badValue),
            ("diff --git x x\n--- x\n+++ x\n@@ -1 +1 @@\n-a\n+b\n", .badValue),
            ("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +999999999999999999999 @@\n", .limit), ("diff --gi", .truncated),
        ] as [(String, DocumentError.Kind)])
    func refusals(diff: String, kind: DocumentError.Kind) { #expect(refusal(diff) == kind) }

    @Test("a quoted name with a blank, which git ends by a tab, is read")
    func quotedNameWithTab() throws {
        let diff =
            "diff --git \"a/x \\303\\251.swift\" \"b/x \\303\\251.swift\"\nindex 1..2 100644\n--- \"a/x \\303\\251.swift\"\t\n+++ \"b/x \\303\\251.swift\"\t\n@@ -1 +1 @@\n-a\n+b\n"
        #expect(try UnifiedDiff.parse(Array(diff.utf8)).files.map(\.path) == ["x \u{e9}.swift"])
    }
}
