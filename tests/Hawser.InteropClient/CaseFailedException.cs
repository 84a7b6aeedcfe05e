namespace Hawser.Interop.Client;

/// <summary>The server did not do what a case asks for.</summary>
internal sealed class CaseFailedException(string sentence) : Exception(sentence);
