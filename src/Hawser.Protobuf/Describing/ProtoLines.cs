using System.Text;
using Google.Protobuf.Reflection;

namespace Hawser.Protobuf;

/// <summary>Text that grows by indented lines.</summary>
internal sealed class ProtoLines
{
    private readonly StringBuilder text = new();
    private int depth;
    private bool isAfterBlank = true;

    public override string ToString() => text.ToString();

    internal void Line(string line)
    {
        text.Append(' ', depth * 2).Append(line).Append('\n');
        isAfterBlank = false;
    }

    /// <summary>An empty line, unless there is one already or a block has just begun.</summary>
    internal void Blank()
    {
        if (!isAfterBlank)
            text.Append('\n');
        isAfterBlank = true;
    }

    internal void Begin(string line)
    {
        Line(line + " {");
        depth++;
        isAfterBlank = true;
    }

    internal void End(string line = "}")
    {
        if (isAfterBlank && text is [.., '\n', '\n'])
            text.Length--;
        depth--;
        Line(line);
    }

    internal void Leading(SourceCodeInfo.Types.Location? location)
    {
        if (location is null)
            return;
        foreach (var detached in location.LeadingDetachedComments)
        {
            Blank();
            Comment(detached);
            Blank();
        }

        Comment(location.LeadingComments);
    }

    internal void Trailing(SourceCodeInfo.Types.Location? location)
    {
        if (location is null || location.TrailingComments.Length == 0)
            return;
        Comment(location.TrailingComments);
        // A blank line keeps it from becoming the next element's.
        Blank();
    }

    private void Comment(string comment)
    {
        if (comment.Length == 0)
            return;
        foreach (var line in comment.TrimEnd().Split('\n'))
            Line(("//" + line).TrimEnd());
    }
}
