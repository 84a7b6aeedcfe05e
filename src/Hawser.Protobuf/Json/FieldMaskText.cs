using System.Text;

namespace Hawser.Protobuf;

/// <summary>The paths of <c>google.protobuf.FieldMask</c>: snake_case in the message, lowerCamelCase in JSON.</summary>
internal static class FieldMaskText
{
    /// <summary>Appends a path in lowerCamelCase; false when it would not come back as it was.</summary>
    internal static bool TryAppendCamelCase(string path, StringBuilder target)
    {
        for (var i = 0; i < path.Length; i++)
        {
            if (char.IsAsciiLetterUpper(path[i]) || path[i] == ',')
                return false;
            if (path[i] != '_')
                target.Append(path[i]);
            else if (++i < path.Length && char.IsAsciiLetterLower(path[i]))
                target.Append(char.ToUpperInvariant(path[i]));
            else
                return false;
        }

        return path.Length > 0;
    }

    /// <summary>A path in snake_case; null when it is empty or has an underscore, which lowerCamelCase has not.</summary>
    internal static string? ToSnakeCase(string path)
    {
        var snake = new StringBuilder(path.Length + 8);
        foreach (var character in path)
        {
            if (character == '_')
                return null;
            if (char.IsAsciiLetterUpper(character))
                snake.Append('_').Append(char.ToLowerInvariant(character));
            else
                snake.Append(character);
        }

        return snake.Length > 0 ? snake.ToString() : null;
    }
}
