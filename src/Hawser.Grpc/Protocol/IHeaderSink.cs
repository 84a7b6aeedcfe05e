namespace Hawser.Grpc.Protocol;

/// <summary>Takes headers as they are written. A structure, so that writing them makes no delegate and no box.</summary>
internal interface IHeaderSink
{
    /// <summary>Adds one line; a name may be added more than once.</summary>
    void Add(string name, string value);
}
