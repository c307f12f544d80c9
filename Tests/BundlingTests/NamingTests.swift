import Bundling
import Testing

@Suite struct NamingTests {
    @Test(arguments: [
        ("s3grouper's", "manifests/src-export-manifest.0.index", "src-export-manifest.0"),
        ("a digit at the end", "manifests/src-m.1", "src-m.1"),
        ("CSV, packed", "objects.csv.gz", "objects"),
        ("no extension", "a/b/objects", "objects"),
        ("nothing but an extension", ".csv", ".csv"),
        ("nothing", "", "bundle"),
    ])
    func aBundleIsCalledAfterItsManifest(_ row: (label: String, manifest: String, name: String)) {
        #expect(BundleName.stem(of: row.manifest) == row.name, "\(row.label)")
    }
}
