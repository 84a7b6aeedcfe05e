using System.Globalization;

namespace Hawser.Bench;

/// <summary>The options of one command: <c>--name value</c> pairs. An option that no one asked for is an error, so that a misspelt one is not a silent default.</summary>
internal sealed class Arguments
{
    private readonly List<(string Name, string Value)> given = [];

    public Arguments(ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i += 2)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal) || i + 1 == words.Length)
                throw new ArgumentException($"'{words[i]}' is not an option with a value; options have the form '--name value'.");
            given.Add((words[i][2..], words[i + 1]));
        }
    }

    /// <summary>Every value of an option that may be repeated.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        var values = given.Where(option => option.Name == name).Select(option => option.Value).ToList();
        given.RemoveAll(option => option.Name == name);
        return values;
    }

    public string Text(string name, string otherwise) => Texts(name) is [.., var last] ? last : otherwise;

    public string Text(string name) => Texts(name) is [.., var last] ? last : throw new ArgumentException($"--{name} is missing.");

    /// <summary>A whole number of at least one.</summary>
    public int Number(string name, int otherwise)
    {
        if (Texts(name) is not [.., var text])
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1
            ? number
            : throw new ArgumentException($"--{name} is '{text}'; it takes a whole number of at least 1.");
    }

    /// <summary>A time in seconds: <c>5s</c>.</summary>
    public TimeSpan Seconds(string name, double otherwise)
    {
        if (Texts(name) is not [.., var text])
            return TimeSpan.FromSeconds(otherwise);
        return text.EndsWith('s') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : throw new ArgumentException($"--{name} is '{text}'; it takes seconds, for instance 5s.");
    }

    /// <summary>To be called once all options have been asked for.</summary>
    public void RejectTheRest()
    {
        if (given.Count > 0)
            throw new ArgumentException($"This command has no option --{given[0].Name}.");
    }
}
