namespace Hawser.Interop.Tests.Table;

/// <summary>The part of a document that tests write: what stands between two comments.</summary>
internal sealed class GeneratedSection(string file, string name)
{
    private readonly string begin = $"<!-- {name}: written by tests/Hawser.Interop.Tests -->\n";
    private readonly string end = $"<!-- {name}: end -->\n";

    public string Text
    {
        get
        {
            var (start, length, document) = Find();
            return document.Substring(start, length);
        }

        set
        {
            var (start, length, document) = Find();
            File.WriteAllText(file, string.Concat(document.AsSpan(0, start), value, document.AsSpan(start + length)));
        }
    }

    private (int Start, int Length, string Document) Find()
    {
        var document = File.ReadAllText(file);
        var start = document.IndexOf(begin, StringComparison.Ordinal);
        var stop = document.IndexOf(end, StringComparison.Ordinal);
        Assert.True(start >= 0 && stop > start, $"{file} must have the lines '{begin.Trim()}' and '{end.Trim()}'.");
        return (start + begin.Length, stop - start - begin.Length, document);
    }
}
