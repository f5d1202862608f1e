/// The files that OSS-Fuzz and ClusterFuzzLite expect of a project, for a suite of this framework.
///
/// ```
/// .clusterfuzzlite/Dockerfile  build.sh  project.yaml          ClusterFuzzLite: in the package's own repository
/// .clusterfuzzlite/fuzz/<program>.options  .dict  _seed_corpus.zip
/// .github/workflows/cflite_pr.yml  cflite_batch.yml
/// oss-fuzz/projects/<project>/Dockerfile  build.sh  project.yaml     OSS-Fuzz: to be sent to its repository
/// ```
///
/// One executable holds all targets, so that `build.sh` links it once and copies it under one name a target: `<suite>-<target>`, which the suite takes
/// its target from. Pure: same package, same bytes.
///
/// What the build script does differently from the services' own recipe for Swift, and why:
/// - Coverage comes from the manifest (`PULSEGATE_FUZZ`); SwiftPM gets at most one `--sanitize`. Of two it makes two `-sanitize=` options in an order
///   of chance, the compiler keeps the last one, and half of the builds are without coverage or without the sanitizer.
/// - libFuzzer is linked from its library without `main`, since the suite has one.
/// - Swift's crash handler would take the crash from libFuzzer. The services let nobody set `SWIFT_BACKTRACE`; the suite switches it off by itself.
///
/// Formats: google.github.io/oss-fuzz (getting-started/new-project-guide, its page on Swift) and google.github.io/clusterfuzzlite (build integration,
/// GitHub Actions).
struct OssFuzzLayout {
    struct Target: Equatable {
        var name: String
        var isTyped: Bool
        var maximumLength: Int
        /// Names and contents of the inputs to begin with.
        var seeds: [(name: String, bytes: [UInt8])] = []

        static func == (left: Target, right: Target) -> Bool {
            left.name == right.name && left.isTyped == right.isTyped && left.maximumLength == right.maximumLength
                && left.seeds.elementsEqual(right.seeds) { $0.name == $1.name && $0.bytes == $1.bytes }
        }
    }

    struct File: Equatable {
        /// Relative to the folder that is written to.
        var path: String
        var bytes: [UInt8]
        var isExecutable = false
    }

    struct Refusal: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    /// The package's name, its suite's executable target, and the folder of the package in its repository ("" for the root).
    var package: String
    var suite: String
    var folder = ""
    var targets: [Target]
    var dictionary = FuzzDictionary(words: [])
    /// The repository's address and a contact, for OSS-Fuzz; empty where nobody has said.
    var repository = ""
    var contact = ""
    /// The release of Swift that builds the package.
    var swift = "6.3.1"
    /// Seconds that an input may take, and MiB.
    var timeLimit = 25
    var memoryLimit = 2560

    /// A project's name in OSS-Fuzz: small letters, digits and `-`.
    var project: String { Self.plain(package.lowercased(), also: "-") }

    /// The services take programs named by letters, digits, `-` and `_` for fuzz targets, and overlook others.
    static func program(suite: String, target: String) -> String { plain(suite, also: "-_") + "-" + plain(target, also: "-_") }

    private static func plain(_ text: String, also: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9": Character(scalar)
                case _ where also.unicodeScalars.contains(scalar): Character(scalar)
                default: also.contains("_") ? "_" : "-"
                }
            })
    }

    func files() throws(Refusal) -> [File] {
        guard !targets.isEmpty else { throw Refusal(description: "\(suite) has no targets") }
        var names: [String: String] = [:]
        for target in targets {
            let program = Self.program(suite: suite, target: target.name)
            if let other = names.updateValue(target.name, forKey: program) {
                throw Refusal(
                    description: "the targets \(other) and \(target.name) would both be the program \(program): rename one of them")
            }
        }
        var files: [File] = []
        func add(_ path: String, _ text: String, isExecutable: Bool = false) {
            files.append(File(path: path, bytes: Array(text.utf8), isExecutable: isExecutable))
        }
        add(".clusterfuzzlite/Dockerfile", clusterFuzzLiteDockerfile)
        add(".clusterfuzzlite/build.sh", buildScript, isExecutable: true)
        add(".clusterfuzzlite/project.yaml", "language: swift\n")
        for target in targets { files += try support(for: target) }
        add(".github/workflows/cflite_pr.yml", Self.pullRequestWorkflow)
        add(".github/workflows/cflite_batch.yml", Self.batchWorkflow)
        let upstream = "oss-fuzz/projects/\(project)/"
        add(upstream + "Dockerfile", ossFuzzDockerfile)
        add(
            upstream + "build.sh",
            "#!/bin/bash -eu\n# The script and what it copies stand in the project's own repository.\n"
                + "exec \"$SRC/\(project)/.clusterfuzzlite/build.sh\"\n", isExecutable: true)
        add(upstream + "project.yaml", ossFuzzProject)
        return files
    }

    // MARK: One target

    private func support(for target: Target) throws(Refusal) -> [File] {
        let base = ".clusterfuzzlite/fuzz/" + Self.program(suite: suite, target: target.name)
        var files = [File(path: base + ".options", bytes: Array(options(for: target).utf8))]
        if hasDictionary(target) { files.append(File(path: base + ".dict", bytes: Array(dictionary.text.utf8))) }
        guard !target.seeds.isEmpty else { return files }
        do {
            files.append(File(path: base + "_seed_corpus.zip", bytes: try StoredZip.archive(target.seeds)))
        } catch {
            throw Refusal(description: "\(target.name): the seed corpus is too large: \(error); choose fewer with `pulsegate fuzz cmin`")
        }
        return files
    }

    /// Words stand in the bytes of an input; the input of a typed target has choices there.
    private func hasDictionary(_ target: Target) -> Bool { !target.isTyped && !dictionary.words.isEmpty }

    /// libFuzzer's options, as the services read them: an INI file. No other line of it may have a `=`.
    func options(for target: Target) -> String {
        var text = "[libfuzzer]\nmax_len = \(target.maximumLength)\ntimeout = \(timeLimit)\nrss_limit_mb = \(memoryLimit)\n"
        if hasDictionary(target) { text += "dict = \(Self.program(suite: suite, target: target.name)).dict\n" }
        return text
    }

    // MARK: Building

    var buildScript: String {
        let programs = targets.map { Self.program(suite: suite, target: $0.name) }
        return """
            #!/bin/bash -eu
            # Builds the suite \(suite) with libFuzzer and puts it into $OUT, one program a target. Written by `pulsegate fuzz export`.
            #
            #   OUT=/tmp/out SANITIZER=none .clusterfuzzlite/build.sh     tries it without a container
            here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
            # The services copy this script elsewhere.
            [ -d "$here/fuzz" ] || here=$SRC/\(project)/.clusterfuzzlite
            cd "$here/..\(folder.isEmpty ? "" : "/" + folder)"

            # Coverage comes from the manifest, of this package and not of those it depends on. SwiftPM is given one sanitizer: of two options
            # the compiler keeps one by chance.
            PULSEGATE_FUZZ=$(pwd -P)
            export PULSEGATE_FUZZ
            options=()
            case ${SANITIZER:-address} in
            address | thread)
                export PULSEGATE_FUZZ_SANITIZE=${SANITIZER:-address}
                options+=(--sanitize "$PULSEGATE_FUZZ_SANITIZE")
                ;;
            coverage) options+=(-Xswiftc -profile-generate -Xswiftc -profile-coverage-mapping) ;;
            none | introspector) ;;
            *)
                echo "Swift has no sanitizer $SANITIZER here: address, thread, coverage or none" >&2
                exit 1
                ;;
            esac

            # libFuzzer without its main, from the compiler's own folder: another version would not fit its coverage.
            tools=$(dirname "$(readlink -f "$(command -v swiftc)")")
            library=$tools/../lib/swift/clang/lib/linux/libclang_rt.fuzzer_no_main-$(uname -m).a
            [ -f "$library" ] || { echo "$library is missing" >&2; exit 1; }
            build=(
                swift build -c release --product \(suite) --static-swift-stdlib --scratch-path ".build-oss-fuzz-${SANITIZER:-address}"
                "${options[@]}"
                -Xcc -DPULSEGATE_FUZZ_FOREIGN
                -Xlinker --undefined=LLVMFuzzerRunDriver -Xlinker "$library" -Xlinker -lstdc++ -Xlinker -lm
            )
            "${build[@]}"
            program=$("${build[@]}" --show-bin-path)/\(suite)

            # The sanitizer that was asked for must be in the program, and the coverage too.
            case ${SANITIZER:-address} in
            address) nm "$program" | grep -q __asan_init || { echo "no address sanitizer was linked" >&2; exit 1; } ;;
            thread) nm "$program" | grep -q __tsan_init || { echo "no thread sanitizer was linked" >&2; exit 1; } ;;
            esac
            edges=$(readelf -SW "$program" | grep -c __sancov_cntrs || true)
            [ "$edges" -gt 0 ] || { echo "nothing is instrumented: does Package.swift obey PULSEGATE_FUZZ?" >&2; exit 1; }

            for name in \(programs.joined(separator: " ")); do
                cp "$program" "$OUT/$name"
                for file in "$here/fuzz/$name".options "$here/fuzz/$name".dict "$here/fuzz/${name}_seed_corpus.zip"; do
                    if [ -f "$file" ]; then cp "$file" "$OUT/"; fi
                done
            done
            [ ! -x /usr/local/bin/llvm-symbolizer-swift ] || cp /usr/local/bin/llvm-symbolizer-swift "$OUT/llvm-symbolizer"

            """
    }

    private var toolchain: String {
        """
        FROM gcr.io/oss-fuzz-base/base-builder-swift

        # The image's Swift may be older than the package wants.
        ARG SWIFT_VERSION=\(swift)
        RUN if ! swift --version 2>&1 | grep -q "Swift version $SWIFT_VERSION"; then \\
                . /etc/os-release && \\
                from=https://download.swift.org/swift-$SWIFT_VERSION-release/ubuntu$(echo "$VERSION_ID" | tr -d .) && \\
                name=swift-$SWIFT_VERSION-RELEASE && \\
                curl -fsSL "$from/$name/$name-ubuntu$VERSION_ID.tar.gz" | tar xz --strip-components=1 -C /; \\
            fi

        # System libraries of the package go here, such as: RUN apt-get update && apt-get install -y libsqlite3-dev

        """
    }

    private var clusterFuzzLiteDockerfile: String {
        toolchain + """

            COPY . $SRC/\(project)
            WORKDIR $SRC/\(project)
            COPY .clusterfuzzlite/build.sh $SRC/

            """
    }

    private var ossFuzzDockerfile: String {
        toolchain + """

            RUN git clone --depth 1 \(repository.isEmpty ? "https://example.org/REPOSITORY.git" : repository) $SRC/\(project)
            WORKDIR $SRC/\(project)
            COPY build.sh $SRC/

            """
    }

    private var ossFuzzProject: String {
        """
        homepage: "\(Self.yaml(repository))"
        language: swift
        primary_contact: "\(Self.yaml(contact))"
        main_repo: "\(Self.yaml(repository))"
        fuzzing_engines:
          - libfuzzer
        sanitizers:
          - address
          - thread

        """
    }

    /// The inside of a double-quoted YAML scalar.
    static func yaml(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    // MARK: Workflows

    private static let pullRequestWorkflow = """
        name: ClusterFuzzLite PR fuzzing
        on:
          pull_request:
            paths:
              - '**'
        permissions: read-all
        jobs:
          PR:
            runs-on: ubuntu-latest
            concurrency:
              group: ${{ github.workflow }}-${{ matrix.sanitizer }}-${{ github.ref }}
              cancel-in-progress: true
            strategy:
              fail-fast: false
              matrix:
                sanitizer: [address]
            steps:
              - name: Build fuzzers (${{ matrix.sanitizer }})
                id: build
                uses: google/clusterfuzzlite/actions/build_fuzzers@v1
                with:
                  language: swift
                  github-token: ${{ secrets.GITHUB_TOKEN }}
                  sanitizer: ${{ matrix.sanitizer }}
              - name: Run fuzzers (${{ matrix.sanitizer }})
                id: run
                uses: google/clusterfuzzlite/actions/run_fuzzers@v1
                with:
                  github-token: ${{ secrets.GITHUB_TOKEN }}
                  fuzz-seconds: 600
                  mode: 'code-change'
                  sanitizer: ${{ matrix.sanitizer }}
                  output-sarif: true

        """

    private static let batchWorkflow = """
        name: ClusterFuzzLite batch fuzzing
        on:
          schedule:
            - cron: '0 3 * * *'
          workflow_dispatch:
        permissions: read-all
        jobs:
          BatchFuzzing:
            runs-on: ubuntu-latest
            strategy:
              fail-fast: false
              matrix:
                include:
                  - { mode: batch, sanitizer: address, seconds: 3600 }
                  - { mode: batch, sanitizer: thread, seconds: 1200 }
                  - { mode: prune, sanitizer: address, seconds: 600 }
            steps:
              - name: Build fuzzers (${{ matrix.sanitizer }})
                id: build
                uses: google/clusterfuzzlite/actions/build_fuzzers@v1
                with:
                  language: swift
                  sanitizer: ${{ matrix.sanitizer }}
              - name: Run fuzzers (${{ matrix.mode }}, ${{ matrix.sanitizer }})
                id: run
                uses: google/clusterfuzzlite/actions/run_fuzzers@v1
                with:
                  github-token: ${{ secrets.GITHUB_TOKEN }}
                  fuzz-seconds: ${{ matrix.seconds }}
                  mode: ${{ matrix.mode }}
                  sanitizer: ${{ matrix.sanitizer }}

        """
}
