namespace Hawser.Frames;

/// <summary>What travels each way in the calls of a route, as one number: the request's <see cref="Body"/> in bits 0–2, the response's in bits 3–5, one-way in bit 6.</summary>
internal static class RouteShape
{
    public static ulong Of(Method method) => (ulong)method.Request | ((ulong)method.Response << 3) | (method.IsOneWay ? 64UL : 0);

    public static Method ToMethod(string name, ulong shape)
    {
        var request = (Body)(shape & 7);
        var response = (Body)((shape >> 3) & 7);
        if (shape > 127 || request > Body.MessageAndOctets || response > Body.MessageAndOctets)
            throw new ProtocolViolationException($"The peer announced a route of the unknown shape {shape}.");
        if (Method.CheckName(name) is { } wrong)
            throw new ProtocolViolationException($"The peer announced a route with a wrong name: {wrong}");
        var oneWay = (shape & 64) != 0;
        if (oneWay && (request > Body.Message || response != Body.Empty))
            throw new ProtocolViolationException($"The peer announced '{name}' as a one-way method with a stream or a response.");
        return new Method(name, request, response, oneWay);
    }
}
