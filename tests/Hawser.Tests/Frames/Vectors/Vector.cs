using System.Runtime.CompilerServices;

namespace Hawser.Tests.Frames.Vectors;

/// <summary>One test vector of <c>docs/wire.md</c>.</summary>
internal sealed record Vector(string Name, string Kind, byte[] Bytes, string Means, IReadOnlyList<(bool IsClient, byte[] Bytes)> Lines)
{
    private static readonly Lazy<IReadOnlyDictionary<string, Vector>> Document = new(Read);

    public static IReadOnlyDictionary<string, Vector> All => Document.Value;

    public static IEnumerable<TheoryDataRow<string>> Named(params string[] kinds) =>
        All.Values.Where(vector => kinds.Contains(vector.Kind)).Select(static vector => new TheoryDataRow<string>(vector.Name));

    private static Dictionary<string, Vector> Read()
    {
        var vectors = new Dictionary<string, Vector>();
        List<string>? block = null;
        foreach (var line in File.ReadLines(Repository.File("docs/wire.md")))
        {
            if (line == "```vector")
            {
                block = [];
            }
            else if (line == "```" && block is not null)
            {
                var vector = Parse(block);
                vectors.Add(vector.Name, vector);
                block = null;
            }
            else
            {
                block?.Add(line);
            }
        }

        return vectors;
    }

    private static Vector Parse(List<string> block)
    {
        var fields = block.ConvertAll(static line => line.Split(": ", 2, StringSplitOptions.TrimEntries));
        string Field(string name) => fields.Find(field => field[0].TrimEnd(':') == name) is [_, var value] ? value : "";
        var lines = fields.FindAll(static field => field[0] is "client" or "server").ConvertAll(static field => (field[0] == "client", Hex(field[1])));
        return new Vector(Field("name"), Field("kind"), Hex(Field("hex")), Field("means"), lines);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Split('#')[0].Replace(" ", "", StringComparison.Ordinal));
}

/// <summary>Finds files of the source tree.</summary>
internal static class Repository
{
    public static string File(string path, [CallerFilePath] string here = "")
    {
        var folder = Path.GetDirectoryName(here);
        while (folder is not null && !System.IO.File.Exists(Path.Combine(folder, "Hawser.slnx")))
            folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder ?? throw new FileNotFoundException("The source tree is not where it was when these tests were built."), path);
    }
}
