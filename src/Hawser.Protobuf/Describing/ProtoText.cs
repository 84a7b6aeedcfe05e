namespace Hawser.Protobuf;

/// <summary>Writes schemas as readable <c>.proto</c> text, with comments and with options as far as the schema knows them.</summary>
/// <remarks>
/// Compiling the text of a file again gives an equal descriptor, up to edition 2023. What only edition 2024 has (<c>import option</c>, <c>export</c>, <c>local</c>) is left out.
/// </remarks>
public static class ProtoText
{
    /// <summary>Writes a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The text, lines ending with a line feed.</returns>
    public static string Of(FileSchema file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new FilePrinter(new PrintContext(file)).Print(file);
    }

    /// <summary>Writes a message with everything that is declared in it.</summary>
    /// <param name="message">The message.</param>
    /// <returns>The declaration, lines ending with a line feed.</returns>
    public static string Of(MessageSchema message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var context = new PrintContext(message.File);
        new MessagePrinter(context).Print(message, SourceComments.PathOf(message));
        return context.Lines.ToString();
    }

    /// <summary>Writes an enum.</summary>
    /// <param name="type">The enum.</param>
    /// <returns>The declaration, lines ending with a line feed.</returns>
    public static string Of(EnumSchema type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var context = new PrintContext(type.File);
        new EnumPrinter(context).Print(type, SourceComments.PathOf(type));
        return context.Lines.ToString();
    }

    /// <summary>Writes a service.</summary>
    /// <param name="service">The service.</param>
    /// <returns>The declaration, lines ending with a line feed.</returns>
    public static string Of(ServiceSchema service)
    {
        ArgumentNullException.ThrowIfNull(service);
        var context = new PrintContext(service.File);
        new ServicePrinter(context).Print(service, SourceComments.PathOf(service));
        return context.Lines.ToString();
    }

    /// <summary>Writes a method.</summary>
    /// <param name="method">The method.</param>
    /// <returns>The declaration, lines ending with a line feed.</returns>
    public static string Of(MethodSchema method)
    {
        ArgumentNullException.ThrowIfNull(method);
        var context = new PrintContext(method.Service.File);
        var path = SourceComments.PathOf(method.Service).AddRange(SourceComments.ServiceMethod, method.Service.Methods.IndexOf(method));
        new ServicePrinter(context).Print(method, path);
        return context.Lines.ToString();
    }
}
