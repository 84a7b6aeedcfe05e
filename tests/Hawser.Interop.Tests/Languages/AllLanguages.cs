namespace Hawser.Interop.Tests.Languages;

/// <summary>Each language once, so that what is found out about it is found out once.</summary>
public static class AllLanguages
{
    public static Language Ours { get; } = new HawserLanguage();

    public static Language Go { get; } = new GoLanguage();

    /// <summary>Everybody else's.</summary>
    public static IReadOnlyList<Language> Foreign { get; } = [new PythonLanguage(), new NodeLanguage(), Go];

    public static Language Named(string name) => Foreign.Single(language => language.Name == name);
}
